"""File trees to carry across: drawn with odd names, written, read back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hypothesis import strategies as st

from ppdarchive.transfer.names import is_file_and_folder, wrong_with

ODD = [
    *("data", "manifest-sha512.txt", "bagit.txt", "fetch.txt", ".hidden", "..two", "...", " lead", "trail "),
    *("100%", "a%0Ab", "a%25b", "%", "%0a", "line\nfeed", "carriage\rreturn", "both\r\n", "tab\there"),
    *("Twin", "twin", "TWIN", "caf\u00e9", "cafe\u0301", "\u2028", "\x85", "\U0001f469\u200d\u2695\ufe0f"),
    *("*star", "CON", "a'b\"c", "-rf", "~", "\x1b[31m", "\ufeff", "a;b", "$HOME", "\u202eevil"),
]
PART = st.sampled_from(ODD) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="/\\:\0"), min_size=1, max_size=12
)
PATH = st.lists(PART, min_size=1, max_size=3).map("/".join).filter(lambda path: not wrong_with(path))
CONTENT = st.binary(max_size=60) | st.just(b"")

Tree = Mapping[str, bytes]


def trees(paths: st.SearchStrategy[str] = PATH) -> st.SearchStrategy[dict[str, bytes]]:
    """Files by path, one at least, none of which is a folder too."""
    drawn = st.dictionaries(paths, CONTENT, min_size=1, max_size=8)
    return drawn.filter(lambda tree: not is_file_and_folder(tree))


def write(folder: Path, tree: Tree) -> Path:
    """Write a tree into a new folder."""
    for path, content in tree.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return folder


def read(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by path; nothing may be there that is neither file nor folder."""
    found = {}
    for place in folder.rglob("*"):
        assert not place.is_symlink()
        if place.is_file():
            found[place.relative_to(folder).as_posix()] = place.read_bytes()
    return found
