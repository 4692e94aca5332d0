"""Questions, coders and codebook of the example as plain tables: header and rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ppdarchive.synthetic.coders import CODERS
from ppdarchive.synthetic.exports import Row
from ppdarchive.synthetic.resources import records


def plain_tables() -> Mapping[str, tuple[Row, Sequence[Row]]]:
    """Return header and rows of the plain tables, the codings apart."""
    questions = [
        [question, wording, about, asks, str(position)]
        for position, (question, about, asks, wording) in enumerate(records("questions"), start=1)
    ]
    themes = [[theme, title, text, parent] for theme, title, parent, text in records("themes")]
    constructs = [list(pair) for pair in records("theme_constructs")]
    codes = [[code, title, text, theme] for code, title, theme, text in records("codes")]
    return {
        "questions": (["question_id", "wording", "about", "asks_for", "position"], questions),
        "coders": (["coder_id", "background"], [list(coder) for coder in CODERS]),
        "themes": (["theme_id", "title", "description", "parent_theme_id"], themes),
        "theme_constructs": (["theme_id", "construct"], constructs),
        "codes": (["code_id", "title", "definition", "theme_id"], codes),
    }
