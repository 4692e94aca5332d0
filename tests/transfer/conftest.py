"""What the tests of transfers share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def _quick_disk() -> Iterator[None]:
    """Don't wait for the disk some ten thousand times; what fails there is tested by itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield
