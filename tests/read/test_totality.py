"""Whatever the bytes are: an export with every row, or a documented error that tells no cell."""

from __future__ import annotations

import io
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ppdarchive.errors import ReadError
from ppdarchive.read import SOURCES

CANARY = "Xanthippe-Quux"

EXAMPLES = {
    "csv": 'id,text\r\n1,"a\r\nb"\r\n\r\n2,é\r\n'.encode(),
    "tsv": b"id\ttext\n1\tx\n",
    "qualtrics": b'Status,Q1\nType,"Why,\nthen?"\n'
    b'"{""ImportId"":""status""}","{""ImportId"":""QID1_TEXT""}"\n0,x\n',
    "qualtrics-legacy": b"\xef\xbb\xbfV1,V2,V7,\nResponseID,ResponseSet,Status,\nR_1,x,0,\n",
    "redcap": b"record_id,box___1,visit_timestamp\n1,0,[not completed]\n",
}
DICTIONARY = (
    b"field_name,form_name,field_type,field_label,select_choices_or_calculations,"
    b"text_validation_type_or_show_slider_number,identifier\n"
    b'record_id,visit,text,Id,NA,NA,NA\nbox,visit,checkbox,Box,"1, One | 2, Two",NA,y\n'
)


def packed(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("wave.csv", data)
    return stream.getvalue()


def parquet() -> bytes:
    stream = io.BytesIO()
    table = pa.table({"a": ["x", None, "é"], "b": [1.5, 2.0, None], "c": [["p"], [], None]})
    pq.write_table(table, stream, compression="none")
    return stream.getvalue()


SEEDS = [
    *((name.removesuffix("-legacy"), data) for name, data in EXAMPLES.items()),
    *((name.removesuffix("-legacy"), packed(data)) for name, data in EXAMPLES.items()),
    *(("csv", EXAMPLES["csv"].decode().encode(encoding)) for encoding in ("utf-16", "utf-32")),
    ("parquet", parquet()),
]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """Draw an export with a few bytes flipped, deleted, put in, or cut off."""
    source, seed = draw(st.sampled_from(SEEDS))
    data = bytearray(seed)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        match draw(st.sampled_from(["flip", "delete", "insert", "truncate"])):
            case "flip" if data:
                data[at] ^= 1 << draw(st.integers(0, 7))
            case "delete":
                del data[at : at + draw(st.integers(1, 9))]
            case "insert":
                data[at:at] = draw(
                    st.one_of(st.binary(max_size=4), st.sampled_from([b'"', b"\n", b",", b"\r"]))
                )
            case _:
                del data[at:]
    return source, bytes(data)


def check(result, plainly, data: bytes) -> None:
    """Look at what came back, and whether a row is missing."""
    if isinstance(result, ReadError):
        return
    assert result.cells.num_columns == len(result.columns) > 0
    assert len(result.lines) == result.n_rows
    assert all(len(mask) == result.n_rows for mask in result.marks.values())
    assert [column.position for column in result.columns] == list(range(1, len(result.columns) + 1))
    result.cells.validate(full=True)
    if result.source in {"csv", "redcap"} and data[:2] not in {b"PK", b"\xff\xfe", b"\xfe\xff"}:
        assert result.n_rows == len(plainly(data)) - 1


@given(st.sampled_from(sorted(SOURCES)), st.binary(max_size=80), st.booleans())
@example("csv", b"\xff\xfe\x00\x00", False)
def test_any_bytes(attempt, plainly, source, data, has_dictionary):
    """Arbitrary bytes are read, or refused with a documented error and no other."""
    options = {"dictionary": data} if has_dictionary else {}
    check(attempt(data, source=source, **options), plainly, data)


@given(mutated())
@settings(max_examples=400)
def test_damaged_exports(attempt, plainly, drawn):
    """A damaged export is read whole, or refused with a documented error and no other."""
    source, data = drawn
    check(attempt(data, source=source, dictionary=DICTIONARY), plainly, data)


@given(mutated())
def test_damaged_dictionaries(attempt, drawn):
    """A damaged dictionary is no reason for another error, either."""
    attempt(EXAMPLES["redcap"], source="redcap", dictionary=drawn[1])


@pytest.mark.parametrize(
    "source", ["qualtrics/sample.csv", "qualtrics/sample_legacy.csv", "redcap/simple/data.csv"]
)
@settings(max_examples=60)
@given(data=st.data())
def test_damaged_real_exports(exports, attempt, plainly, source, data):
    """The same holds for what real tools wrote."""
    content = bytearray((exports / source).read_bytes())
    dictionary = (exports / "redcap" / "simple" / "dictionary.csv").read_bytes()
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=3)):
        content[at : at + data.draw(st.integers(0, 2))] = data.draw(
            st.sampled_from([b"", b'"', b"\n", b",", b"\xff"])
        )
    check(
        attempt(bytes(content), source=source.split("/")[0], dictionary=dictionary), plainly, bytes(content)
    )


NAMED = CANARY.encode()
DAMAGES = [
    ("csv", b"%b,%b\n%b\n"),
    ("csv", b'%b,b\n1,"%b\n'),
    ("csv", b'%b,b\n1,"x"%b\n'),
    ("csv", b"%b,\n1,%b\n"),
    ("csv", b"%b,%b\n"),
    ("csv", b"%b;%b\n"),
    ("csv", b"%b,x\n%b,\xff\n"),
    ("csv", b"%b,x\n%b,\0\n"),
    ("tsv", b"%b,%b\n"),
    ("qualtrics", b"%b,x\n"),
    ("qualtrics", b"%b,x\n%b,x\n%b,x\n"),
    ("qualtrics", b'%b,x\n%b,x\n"{""ImportId"":""%b""}",%b\n'),
    ("qualtrics", b'x\nx\n"{""ImportId"":""%b""'),
    ("qualtrics", b"V1,V2,\n%b,%b,\n%b,%b,%b\n"),
    ("redcap", b"%b,x\n"),
    ("redcap", b"record_id\n%b,%b\n"),
    ("parquet", b"%b"),
    ("csv", b"PK\x03\x04%b"),
]


def said(error: BaseException) -> str:
    facts = getattr(error, "facts", {})
    parts = [str(error), repr(error), repr(error.args), repr(dict(facts))]
    return " ".join([*parts, repr(error.__context__), repr(error.__cause__)])


@pytest.mark.parametrize(("source", "template"), DAMAGES)
def test_errors_and_logs_tell_no_cell(failing, caplog, source, template):
    """What stands in a cell or in the header is in no error and in no log record."""
    with caplog.at_level(0):
        error = failing(template.replace(b"%b", NAMED), source=source, dictionary=DICTIONARY)
    assert CANARY not in said(error)
    assert CANARY not in caplog.text


@pytest.mark.parametrize(
    "dictionary",
    [
        NAMED + b",x\n",
        DICTIONARY + NAMED + b"\n",
        DICTIONARY + b"box,visit,text," + NAMED + b",,,\n",
        DICTIONARY + b"b,visit,radio,L," + NAMED + b",,\n",
        DICTIONARY + b'"' + NAMED,
    ],
)
def test_errors_of_the_dictionary_tell_no_cell(failing, dictionary):
    """A dictionary's labels may name people, too."""
    error = failing(EXAMPLES["redcap"], source="redcap", dictionary=dictionary)
    assert CANARY not in said(error)


@pytest.mark.parametrize(("source", "seed"), SEEDS)
def test_results_show_no_cell(reading, caplog, source, seed):
    """An export's repr and the log of reading it show its shape."""
    seed = seed.replace(b"x", NAMED) if b"\0" not in seed else seed
    with caplog.at_level(0):
        export = reading(seed, source=source, dictionary=DICTIONARY)
    assert repr(export).startswith("<RawExport ")
    assert CANARY not in repr(export)
    assert CANARY not in caplog.text
    assert "wave.csv" in caplog.text


def test_parquet_errors_tell_no_cell(failing):
    """Types that hold people's words are named in ours."""
    stream = io.BytesIO()
    pq.write_table(pa.table({CANARY: [{CANARY: CANARY}]}), stream)
    assert CANARY not in said(failing(stream.getvalue(), source="parquet"))
