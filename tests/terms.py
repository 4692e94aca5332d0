"""What small studies of tests say under ``[release]``: one participant of a kind is enough for them."""

from __future__ import annotations

from typing import Final

LENIENT: Final = """\
access = "internal"
k = 1
max_prosecutor_risk = 1.0
max_average_risk = 1.0
approval = {id = "A-1", dua = "D-1"}
"""
