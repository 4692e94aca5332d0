"""Labelled text to train the tagger on: generated informal English, and the CC BY corpora.

`generate.generate(n, seed)` says documents of `templates/*.txt` (the notation stands in `grammar.py`; a
new file with a section ``document`` is a new genre) and roughens most of them (`noise.roughen`).
`corpora.read(path)` reads BTC and WNUT 2017, `mentions.replace_mentions` retells them about others.
All give `document.Document`: text, spans, genre, ignored ranges. Names of people and places are drawn from
the half of the lexicons that is for training (`names.py`), so that none of them is met in evaluation;
well-known people, states, countries and companies stand in `templates/entities.txt` and are not halved.

    python -m scripts.training.generate 10000 --seed 1 > documents.jsonl
"""
