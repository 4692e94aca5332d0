"""REFI-QDA, the exchange format of tools for qualitative analysis: projects and codebooks."""

from __future__ import annotations

from ppdarchive.coding.formats.refi.reader import read_qdc, read_qdpx
from ppdarchive.coding.formats.refi.writer import qdpx_bytes, write_qdc, write_qdpx

__all__ = ["qdpx_bytes", "read_qdc", "read_qdpx", "write_qdc", "write_qdpx"]
