"""A new file that is there whole, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ppdarchive.errors import WriteError


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that is not there yet; what stops the writing removes it again.

    Raises
    ------
    WriteError
        ``write.there-already``, ``write.not-writable``.
    """
    code, reason = "write.not-writable", ""
    try:
        stream = path.open("xb")
        try:
            with stream:
                yield stream
        except BaseException:
            # Whatever stopped it is what is told, even where the file cannot be removed.
            with suppress(OSError):
                path.unlink()
            raise
        return
    except FileExistsError:
        code = "write.there-already"
    except OSError as error:
        reason = os.strerror(error.errno or 0)
    if reason:
        raise WriteError(code, path=str(path), reason=reason)
    raise WriteError(code, path=str(path))
