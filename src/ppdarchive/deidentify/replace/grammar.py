"""Keeping a sentence whole where words in it are replaced: articles, possessives, plurals, capitals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import replace as changed
from typing import Final

from ppdarchive.model.span import Span, TextCategory
from ppdarchive.text.fold import fold

_LOOK_BACK: Final = 60
_ARTICLE: Final = re.compile(r"(?<![\w'’.-])(a|an|the)[ \t\xa0]+\Z", re.IGNORECASE)
_DETERMINER: Final = re.compile(
    r"(?<![\w'’-])(?:my|our|your|his|her|their|its|this|that|these|those|every|each|any|no|another"
    r"|(?:(?:the|an?|my|our|your|his|her|their)[ \t]+)(?:\w+[ \t]+)?(?:local|old|new|big|small|little|nearest"
    r"|closest|nearby|other|same|whole|main|current|former|first|last|next|best|only|great|good|bad)"
    r"|\w+['’]s)[ \t\xa0]+\Z",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"""(?:\A|[.!?][\s"'“”‘’()]*\s|\n)[\s"'“”‘’(*•>-]*\Z""")
_NOT_AN: Final = re.compile(
    r"\W*(?:uni(?:[vtqfo]|c[oy])|u[srtb][aeiu]|eu|ewe|on(?:e|ce)(?![a-z]))", re.IGNORECASE
)
_AN: Final = re.compile(
    r"\W*(?:[aeiou]|hour|honest|honou?r|heir|8|1[18](?![0-9])|[FHLMNRSX](?![a-z'’])(?:[A-Z0-9]|\W|\Z))"
)
_AN_AGAIN: Final = re.compile(r"\W*(?:[AEIO]|U[a-z])")
_SPANISH: Final = re.compile(
    r"\b(?:el|la|los|las|de|del|que|y|en|por|con|para|muy|pero|una|mi|su|se|fui|fue|voy|va|vamos|iba|ir|ll[ae][mv]\w+"
    r"|gracias|junto|frente|cerca|lleg\w+)\b",
    re.IGNORECASE,
)
_POSSESSED: Final = re.compile(r"['’](?=[ \t]+[a-z])")
_QUOTED: Final = re.compile(r"(?<!\w)['‘](?=\w)")
_PLURAL_OF: Final = re.compile(r"(?<![\w'’-])the[ \t\xa0]+\Z", re.IGNORECASE)
_ITS_NOUN: Final = re.compile(
    r"[ \t]+(?:family|house|home|household|kids?|boys?|girls?|twins?|brothers?|sisters?|clan)\b",
    re.IGNORECASE,
)


def without_possessive(text: str, span: Span) -> Span:
    """The span without possessives at its end; a span that holds nothing else stays.

    >>> without_possessive("Anna’s calls", Span(0, 6, TextCategory.NAME)).end
    4
    """
    end = span.end
    if text[end - 1] not in "sS'’" and text[end - 1].isascii():
        return span
    while end > span.start:
        ending = fold(text[max(end - 3, span.start) : end]).text
        # After an s the apostrophe alone is a possessive: James'.
        size = 2 if ending.endswith("'s") else 1 if ending.endswith("s'") else 0
        if not size or end - size <= span.start:
            break
        end -= size
    return span if end == span.end else changed(span, end=end)


def without_plural(text: str, span: Span) -> Span:
    """The span of a family's name without the s that makes it a plural.

    >>> without_plural("the Smiths moved", Span(4, 10, TextCategory.NAME)).end
    9
    """
    end = span.end
    if span.category is not TextCategory.NAME or text[end - 1] not in "sS" or end - span.start < 4:
        return span
    if text[end - 2] in "sS'’" or _ITS_NOUN.match(text, end) or not text[span.start : end].isalpha():
        return span
    if _PLURAL_OF.search(text[max(0, span.start - 8) : span.start]) is None:
        return span
    return changed(span, end=end - 1)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A replacement as it stands in its sentence, and the range that it then replaces."""

    start: int
    end: int
    replacement: str


def fitted(text: str, start: int, end: int, replacement: str, *, floor: int, ceiling: int) -> Fitted:
    """Fit a replacement into its sentence.

    An article before it is made to agree ("an Iowa clinic", "a [FACILITY]"), or goes where the
    replacement brings its own ("the Iowa City VA", "[a VA hospital]"); the range then holds the
    article too. A possessive that is a bare apostrophe ("James' car") becomes "'s", since what stands in
    its place does not end in s. General words at the start of a sentence begin with a capital, and a
    family's plural is theirs.

    Parameters
    ----------
    text : str
    start, end : int
        What is replaced.
    replacement : str
    floor, ceiling : int
        Where the edit before ends and the one behind starts.
    """
    if start - floor >= 2 and text[start - 1] in " \t\xa0" and text[start - 2] in "aAnNeE \t":
        start, replacement = _with_article(text, start, replacement, floor)
    is_general = replacement[:1] == "[" and replacement[1:2].islower()
    if is_general and text[start].isupper() and starts_sentence(text, start):
        replacement = replacement[0] + replacement[1].upper() + replacement[2:]
    if end < ceiling and text[end] in "sS" and replacement.endswith("family]"):
        return Fitted(start, end + 1, replacement)
    if end < ceiling and text[end - 1] in "sS" and replacement[-1:] not in ("s", "S"):
        bare = _POSSESSED.match(text, end)
        if bare is not None and not _QUOTED.search(text[max(0, start - _LOOK_BACK) : start]):
            return Fitted(start, end + 1, f"{replacement}{bare[0]}s")
    return Fitted(start, end, replacement)


def _with_article(text: str, start: int, replacement: str, floor: int) -> tuple[int, str]:
    found = _ARTICLE.search(text, max(floor, start - 8), start)
    if found is None or not replacement:
        return start, replacement
    article = found[1]
    wanted = article_for(replacement)
    brings_its_own = replacement.startswith(("[a ", "[an ", "[some ", "[over "))
    if article.lower() in ("the", wanted) and not brings_its_own:
        return start, replacement
    if article == "a" and _SPANISH.search(text[max(0, start - 20) : found.start()]):
        return start, replacement  # "fui a", which is no article
    if brings_its_own:
        return found.start(), replacement
    if article == "AN" or (article == "A" and replacement.isupper() and replacement[:1] != "["):
        wanted = wanted.upper()
    elif article[0] == "A":
        wanted = wanted.capitalize()
    return found.start(), f"{wanted}{text[found.end(1) : start]}{replacement}"


def article_for(words: str) -> str:
    """The indefinite article before some words, by their first sound.

    >>> [article_for(words) for words in ("hospital", "[an", "hour", "unit", "85", "MRN", "[LOCATION]")]
    ['a', 'an', 'an', 'a', 'an', 'an', 'a']
    """
    if words.startswith("[") and words[1:].partition("]")[0].partition("-")[0].isupper():
        words = words[1:].lower() if words[1:3] not in ("ID", "IP") else words
    if _NOT_AN.match(words):
        return "a"
    return "an" if _AN.match(words) or _AN_AGAIN.match(words) else "a"


def has_determiner(text: str, start: int) -> bool:
    """Whether a word before the place makes an article superfluous: "my", "the local"."""
    if start < 3 or not text[start - 1].isspace():
        return False
    return _DETERMINER.search(text[max(0, start - _LOOK_BACK) : start]) is not None


def starts_sentence(text: str, at: int) -> bool:
    """Whether nothing but quotes and white space stands between the place and the end of a sentence."""
    if not at:
        return True
    if text[at - 1].isalnum() or (text[at - 1] == " " and text[at - 2 : at - 1].isalnum()):
        return False
    behind = text[max(0, at - _LOOK_BACK) : at]
    return _SENTENCE.search(("x" if at > _LOOK_BACK else "") + behind) is not None


def in_case_of(original: str, words: str) -> str:
    """The words in the capitals of the original: all small, all capitals, or as they are written.

    Words that are all small get capitals where the original begins with one.

    >>> in_case_of("maria", "Karen"), in_case_of("MARIA", "Karen"), in_case_of("Sgt", "cpl")
    ('karen', 'KAREN', 'Cpl')
    """
    if original.islower():
        return words.lower()
    letters = [character for character in original if character.isalpha()]
    if len(letters) > 1 and all(map(str.isupper, letters)):
        return words.upper()
    return words.title() if original[:1].isupper() and words.islower() else words
