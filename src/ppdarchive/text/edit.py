"""Texts + disjoint edits -> edited texts and their offset maps."""

from __future__ import annotations

from collections.abc import Sequence

from ppdarchive.model.span import IDENTITY, Edit, OffsetMap


def apply(texts: Sequence[str], edits: Sequence[Sequence[Edit]]) -> tuple[list[str], list[OffsetMap]]:
    """Make the edits of each text.

    Parameters
    ----------
    texts : sequence of str, length n
    edits : sequence of sequence of Edit, length n
        For each text, sorted, disjoint and inside it.

    Returns
    -------
    tuple of list of str and list of OffsetMap, length n each
        What lies outside the edits is unchanged to the code point.

    Raises
    ------
    ValueError
        If the lengths differ, or edits overlap, are out of order or leave their text.

    Examples
    --------
    >>> from ppdarchive.model.span import TextCategory
    >>> texts, maps = apply(["ask Anna", "no"], [[Edit(4, 8, "[NAME]", TextCategory.NAME)], []])
    >>> texts, maps[0].map(4, 8), maps[1].is_identity
    (['ask [NAME]', 'no'], (4, 10), True)
    """
    edited: list[str] = []
    maps: list[OffsetMap] = []
    for text, own in zip(texts, edits, strict=True):
        if not own:
            edited.append(text)
            maps.append(IDENTITY)
            continue
        maps.append(OffsetMap.of(own))
        if own[-1].end > len(text):
            raise ValueError(f"the edit at {own[-1].start} ends behind its text")
        pieces: list[str] = []
        position = 0
        for edit in own:
            pieces += (text[position : edit.start], edit.replacement)
            position = edit.end
        pieces.append(text[position:])
        edited.append("".join(pieces))
    return edited, maps
