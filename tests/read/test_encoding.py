"""Byte-order marks, declared encodings, and bytes that are no text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.errors import ReadError
from ppdarchive.read.encoding import decode

plain_text = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1)
MARKS = {"utf-8-sig": "", "utf-16": "", "utf-32": "", "utf-16-be": "\ufeff", "utf-32-be": "\ufeff"}


@given(plain_text, st.sampled_from(sorted(MARKS)), st.sampled_from([None, "cp1252", "utf-16-be"]))
def test_marks_overrule(content, encoding, declared):
    """A byte-order mark decides, whatever was declared, and is no part of the text."""
    text = decode((MARKS[encoding] + content).encode(encoding), name="f", encoding=declared)
    assert text.data[text.start :].decode() == content


@given(plain_text.filter(lambda content: content[0] != "\ufeff"))
def test_declared_encodings(content):
    """Without a mark the declared encoding holds; utf-16 and utf-32 are little-endian."""
    for declared, written in (("UTF16", "utf-16-le"), ("utf_32", "utf-32-le"), ("gb18030", "gb18030")):
        assert decode(content.encode(written), name="f", encoding=declared).data.decode() == content
    assert decode(b"\x80\xe9", name="f", encoding="Windows-1252").data.decode() == "€é"


@pytest.mark.parametrize(
    "encoding",
    [
        "rot13",
        "base64",
        "zlib",
        "hex",
        "idna",
        "punycode",
        "undefined",
        "unicode_escape",
        "utf-7",
        "",
        "\0",
        "é",
    ],
)
def test_what_is_no_encoding_of_text_is_refused(encoding):
    """Transformations that Python calls codecs are no encodings."""
    with pytest.raises(ReadError) as caught:
        decode(b"\xef\xbb\xbfa", name="f", encoding=encoding)
    assert caught.value.code == "read.unknown-encoding"
    assert caught.value.__context__ is None


@given(st.integers(0, 3_000_000), st.sampled_from(["utf-8", "utf-16-le", "shift_jis"]))
def test_offsets_are_those_of_the_file(n_before, encoding):
    """The first bad byte is found at its place in the file, across blocks of decoding."""
    before = ("é" if encoding == "utf-8" else "あ").encode(encoding) * (n_before // 2) + "\n".encode(encoding)
    bad = b"\x00\xdcaa" if encoding == "utf-16-le" else b"\xff\xff"
    with pytest.raises(ReadError) as caught:
        decode(before + bad + "a".encode(encoding), name="f", encoding=encoding)
    assert (caught.value.code, caught.value.line) == ("read.encoding", 2)
    assert caught.value.facts["offset"] == len(before)


@given(
    st.binary(max_size=60),
    st.sampled_from([None, "utf-16", "cp037", "big5", "hz", "iso2022_jp", "utf-32-be"]),
)
def test_any_bytes_are_text_or_an_error(content, encoding):
    """Decoding ends in valid UTF-8 without NUL, or in an error that carries no other."""
    try:
        text = decode(content, name="f", encoding=encoding)
    except ReadError as caught:
        error = caught
    else:
        assert text.data.decode()
        assert b"\0" not in text.data
        return
    assert error.code in {"read.encoding", "read.binary", "read.empty"}
    assert error.__context__ is None
