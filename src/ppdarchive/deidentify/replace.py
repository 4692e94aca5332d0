"""Spans -> edits: what stands in the place of what is redacted."""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from types import MappingProxyType
from typing import Final, Literal

from ppdarchive.detectors.tags import MASK, tag
from ppdarchive.model.span import Edit, Span, TextCategory
from ppdarchive.text.fold import fold, words_only

Replace = Literal["tag", "numbered", "mask"]
"""The ways of replacing: ``[NAME]``, ``[NAME-7]``, ``█████``."""

Spans = Sequence[Sequence[Span]]
Edits = list[list[Edit]]


def edits_for(
    texts: Sequence[str],
    spans: Spans,
    *,
    replace: Replace,
    groups: Sequence[Hashable] | None = None,
    secret: bytes = b"",
) -> Edits:
    """The edits that replace the spans of each text.

    A possessive at the end of a span is left in the text: "Anna's" becomes "[NAME]'s".

    Parameters
    ----------
    texts : sequence of str, length n
    spans : sequence of sequence of Span, length n
        Disjoint and sorted (`ppdarchive.text.overlap`).
    replace : {"tag", "numbered", "mask"}
        With ``numbered`` the same value of the same group (case, form and spaces aside) has the same
        number in all texts of this call. The numbers of one category in one group are 1 to the number
        of values, in random order.
    groups : sequence of hashable, length n, optional
        Whose text it is, as a rule the participant; without it each text is a group of its own.
    secret : bytes
        For ``numbered``: what the order is drawn from. The same secret gives the same numbers, and
        without it nothing can be computed from them.

    Returns
    -------
    list of list of Edit, length n

    Raises
    ------
    ValueError
        If numbers are asked for without a secret.
    """
    shortened = [
        [without_possessive(text, span) for span in own] for text, own in zip(texts, spans, strict=True)
    ]
    return _REPLACERS[replace](texts, shortened, groups if groups is not None else range(len(texts)), secret)


def _tagged(_: Sequence[str], spans: Spans, __: Sequence[Hashable], ___: bytes) -> Edits:
    return [[Edit(span.start, span.end, tag(span.category), span.category) for span in own] for own in spans]


def _masked(_: Sequence[str], spans: Spans, __: Sequence[Hashable], ___: bytes) -> Edits:
    return [[Edit(span.start, span.end, MASK, span.category) for span in own] for own in spans]


def _numbered(texts: Sequence[str], spans: Spans, groups: Sequence[Hashable], secret: bytes) -> Edits:
    if not secret:
        raise ValueError("numbered tags need a secret")
    values: dict[tuple[Hashable, TextCategory], set[str]] = defaultdict(set)
    for group, span, value in _values(texts, spans, groups):
        values[group, span.category].add(value)
    numbers = {
        (group, category, value): number
        for (group, category), own in values.items()
        for number, value in enumerate(sorted(own, key=_order_in(group, category, secret)), start=1)
    }
    return [
        [
            Edit(
                span.start, span.end, tag(span.category, numbers[group, span.category, value]), span.category
            )
            for group, span, value in _values([text], [own], [group])
        ]
        for text, own, group in zip(texts, spans, groups, strict=True)
    ]


def _values(
    texts: Sequence[str], spans: Spans, groups: Sequence[Hashable]
) -> Iterator[tuple[Hashable, Span, str]]:
    """Each span with its group and the value that it shares with other spellings."""
    for text, own, group in zip(texts, spans, groups, strict=True):
        for span in own:
            written = text[span.start : span.end]
            yield group, span, words_only(written) or written


def _order_in(group: Hashable, category: TextCategory, secret: bytes) -> Callable[[str], tuple[bytes, str]]:
    """The key by which the values of one group and category are put in random order."""

    def order(value: str) -> tuple[bytes, str]:
        # Lengths keep the parts apart: ("ab", "c") is not ("a", "bc").
        parts = [part.encode("utf-8", "surrogatepass") for part in (str(group), category, value)]
        message = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return hmac.digest(secret, message, "sha256"), value

    return order


_Replacer = Callable[[Sequence[str], Spans, Sequence[Hashable], bytes], Edits]
_REPLACERS: Final = MappingProxyType[str, _Replacer]({"tag": _tagged, "numbered": _numbered, "mask": _masked})


def without_possessive(text: str, span: Span) -> Span:
    """The span without possessives at its end; a span that holds nothing else stays.

    >>> without_possessive("Anna’s calls", Span(0, 6, TextCategory.NAME)).end
    4
    """
    end = span.end
    while end > span.start:
        ending = fold(text[max(end - 3, span.start) : end]).text
        # After an s the apostrophe alone is a possessive: James'.
        size = 2 if ending.endswith("'s") else 1 if ending.endswith("s'") else 0
        if not size or end - size <= span.start:
            break
        end -= size
    return (
        span
        if end == span.end
        else Span(span.start, end, span.category, span.score, span.tier, span.detector)
    )
