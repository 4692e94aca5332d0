"""Random choices that follow from a secret: the same again with it, nothing without it."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Final, TypeVar

T = TypeVar("T")

_BYTES: Final = 8
"""A choice takes 64 bits, so that among a million possibilities none is favoured noticeably."""


def digest(secret: bytes, *parts: str) -> bytes:
    """The keyed digest of some texts (HMAC with SHA-256).

    References
    ----------
    RFC 2104.
    """
    message = bytearray()
    for part in parts:
        # Lengths keep the parts apart: ("ab", "c") is not ("a", "bc").
        own = part.encode("utf-8", "surrogatepass")
        message += len(own).to_bytes(8, "big") + own
    return hmac.digest(secret, bytes(message), "sha256")


class Draws:
    """A stream of random choices for one purpose.

    Attributes
    ----------
    seed : bytes
        What it follows from.
    """

    __slots__ = ("_count", "_left", "seed")

    def __init__(self, secret: bytes, *purpose: str) -> None:
        self.seed = digest(secret, *purpose)
        self._left = b""
        self._count = 0

    def below(self, limit: int) -> int:
        """A number from 0 to less than `limit`."""
        if len(self._left) < _BYTES:
            self._left += hmac.digest(self.seed, self._count.to_bytes(8, "big"), "sha256")
            self._count += 1
        chosen, self._left = self._left[:_BYTES], self._left[_BYTES:]
        return int.from_bytes(chosen, "big") % limit

    def one_of(self, choices: Sequence[T]) -> T:
        """One of some choices, all as likely."""
        return choices[self.below(len(choices))]
