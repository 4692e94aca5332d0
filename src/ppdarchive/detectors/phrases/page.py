"""The rules as a page of the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ppdarchive.detectors.phrases.rulebook import Rule, kept, rules
from ppdarchive.model.span import TextCategory, Tier

_INTRODUCTION: Final = """\
# Phrases

What is told by the words around it: a relation, a title, a preposition, a greeting, a rank; and what the
lexicons say of the words themselves. Every rule is a pattern over words, written in the data files of
`ppdarchive.detectors.phrases`; a span says which one found it (`phrases.role-name`).

In bold is what a rule finds in an example. What is found *surely* is redacted. A star marks examples that
are found only as they are written; all others in small letters and in capitals too. The score is how often
a match was right on text that was made for it. The last column is the paragraph of
45 CFR 164.514(b)(2)(i) that asks for it.
"""

_NOTATION: Final = """\
## How a pattern reads

    = MY @KIN ,? < NAME ( LAST )? > !FOLLOWS

| sign | means |
|---|---|
| `coach` | that word, in any case |
| `KIN` | a class of words: a list, or an expression over what the lexicons and capitals say |
| `in/near/PLACE&!KIN` | any of them; both; not |
| `~s` | joined to what stands before it |
| `( a b \\| c )`, `x?`, `x{1,3}` | a group with alternatives; repetition, always bounded |
| `<`, `>` | where the span begins and ends |
| `@KIN` | the anchor, where the search begins |

Each word of a batch is one symbol. A table of symbols says which patterns agree with the words at seven
places around each word, for all patterns and words at once; only what is left is matched word by word. A
pattern sees no more than some twenty words, so the time of a text is linear in its length.

## What it misses

- Names that nothing announces ("Rosie never slept"), and misspelt ones in small letters: these are for the
  tagger and the known identifiers.
- Names made of everyday words in small letters, where no relation or title stands before them: "new dawn
  shelter", "golden years".
- Employers named by a common word ("I work at spirit"), unless the lexicons list them.
- Single towns and listed organizations without a cue are found as uncertain only.
- Stories are found by their cue words, and the span is the clause; what several sentences tell is not.
- A capital on the first word of a sentence says nothing, and in texts in capitals none does.
"""


def page() -> str:
    """The page, in Markdown."""
    lines = [_INTRODUCTION]
    for category in TextCategory:
        own = [rule for rule in rules() if rule.category is category]
        if own:
            lines += [f"## {category}\n", *_table(own), ""]
    examples = "; ".join(_bold(example) for rule in kept() for example in rule.finds)
    lines += [
        "## What stays\n",
        f"No span meets these, whatever rule would find one: {examples}.\n",
        _NOTATION,
    ]
    return "\n".join(lines)


def _table(own: Iterable[Rule]) -> Iterator[str]:
    yield "| rule | finds | leaves | found | score | paragraph |\n|---|---|---|---|--:|---|"
    for rule in own:
        finds = [_bold(example) for example in rule.finds] + [f"{_bold(e)} (\\*)" for e in rule.finds_cased]
        sureness = "surely" if rule.tier is Tier.REDACT else "uncertain"
        cells = (
            f"`{rule.name}`",
            "<br>".join(finds),
            "<br>".join(map(_plain, rule.leaves)),
            sureness,
            f"{rule.score:.2f}",
            rule.hipaa,
        )
        yield f"| {' | '.join(cells)} |"


def _bold(example: str) -> str:
    return _plain(example).replace("<", "**").replace(">", "**")


def _plain(example: str) -> str:
    return example.replace("\n", " ⏎ ").replace("|", "\\|").replace("*", "\\*")
