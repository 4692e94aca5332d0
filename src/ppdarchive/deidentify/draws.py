"""Random numbers that stay the same for a participant and a value, from a secret that the register keeps."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt


def draws(
    secret: bytes, place: str, names: Sequence[str], codes: npt.NDArray[np.int64], values: Sequence[object]
) -> npt.NDArray[np.float64]:
    """Two random numbers in [0, 1) for each row.

    They do not change when rows are added or the study is released again: a value that were drawn
    anew each time could be averaged out.

    Parameters
    ----------
    secret : bytes
        At most 64 bytes; not empty.
    place : str
        What they are drawn for: different fields have different numbers.
    names : sequence of str, length n_rows
        Whose row it is.
    codes : ndarray of int64, shape (n_rows,)
        Each row's place in `values`; -1 for none.
    values : sequence

    Returns
    -------
    ndarray of float64, shape (n_rows, 2)

    Raises
    ------
    ValueError
        If there is no secret.
    """
    if not secret:
        raise ValueError("random numbers need a secret")
    known: dict[tuple[str, int], tuple[float, float]] = {}
    for own in zip(names, codes.tolist(), strict=True):
        if own not in known:
            name, code = own
            words = repr((place, name, None if code < 0 else values[code])).encode("utf-8", "surrogatepass")
            digest = blake2b(words, digest_size=16, key=secret).digest()
            # 53 bits, as many as a float between 0 and 1 can tell apart.
            first, second = (int.from_bytes(part, "big") >> 11 for part in (digest[:8], digest[8:]))
            known[own] = (first / 2**53, second / 2**53)
    found = [known[own] for own in zip(names, codes.tolist(), strict=True)]
    return np.array(found, dtype=np.float64).reshape(-1, 2)
