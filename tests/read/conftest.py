"""Ways to read bytes as a file, and to look at what comes back."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from ppdarchive.errors import PROBLEMS, ReadError
from ppdarchive.model.table import RawExport
from ppdarchive.read import read

EXPORTS = Path(__file__).parents[2].parent / "shared" / "exports"

Reading = Callable[..., RawExport]
Failing = Callable[..., ReadError]
Attempt = Callable[..., RawExport | ReadError]


@pytest.fixture(scope="session")
def exports() -> Path:
    """The folder of exports that real tools wrote."""
    if not EXPORTS.is_dir():
        pytest.skip("no real exports here")
    return EXPORTS


@pytest.fixture(scope="session")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """Read bytes as a file called ``wave.csv``; `dictionary` may be bytes too."""
    folder = tmp_path_factory.mktemp("exports")
    path, beside = folder / "wave.csv", folder / "dictionary.csv"

    def reading(data: bytes | str, *, source: str = "csv", **options: object) -> RawExport:
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        dictionary = options.pop("dictionary", None)
        if dictionary is not None:
            beside.write_bytes(dictionary.encode() if isinstance(dictionary, str) else dictionary)
            options["dictionary"] = beside
        return read(path, source=source, name="wave.csv", **options)

    return reading


@pytest.fixture(scope="session")
def attempt(reading: Reading) -> Attempt:
    """Read bytes; return the export, or the error after a look at what it carries."""

    def attempt(data: bytes | str, **options: object) -> RawExport | ReadError:
        try:
            return reading(data, **options)
        except ReadError as caught:
            error = caught
        assert error.code in PROBLEMS
        assert error.code.startswith("read.")
        assert error.__context__ is None
        assert error.__cause__ is None
        assert str(error)
        return error

    return attempt


@pytest.fixture(scope="session")
def failing(attempt: Attempt) -> Failing:
    """Read bytes that cannot be read, and return the error."""

    def failing(data: bytes | str, **options: object) -> ReadError:
        result = attempt(data, **options)
        assert isinstance(result, ReadError), result
        return result

    return failing


@pytest.fixture(scope="session")
def plainly() -> Callable[..., list[list[str]]]:
    """Parse text with the csv module, as a second opinion."""

    def plainly(data: bytes, *, encoding: str = "utf-8-sig", delimiter: str = ",") -> list[list[str]]:
        text = data.decode(encoding)
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))

    return plainly


@pytest.fixture(scope="session")
def cells_of() -> Callable[[RawExport], list[list[str | None]]]:
    """The cells of an export, row by row."""

    def cells_of(export: RawExport) -> list[list[str | None]]:
        columns = [column.to_pylist() for column in export.cells.columns]
        return [list(row) for row in itertools.zip_longest(*columns)]

    return cells_of
