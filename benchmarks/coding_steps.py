"""What benchmarks/coding.py measures, each in a process of its own; prints what came out, as JSON."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from coding_files import added_mb, ratings_of

from ppdarchive.agreement.coded import Coded
from ppdarchive.agreement.frames import coded_of
from ppdarchive.agreement.nominal import krippendorff_alpha
from ppdarchive.agreement.summary import summarize
from ppdarchive.agreement.unitizing import unitized
from ppdarchive.coders.agreement import agreement_study
from ppdarchive.coding.codebook import codebook_of
from ppdarchive.coding.consensus.rules import Codings, Rule, clusters, propose
from ppdarchive.coding.formats import read_project
from ppdarchive.coding.landing.landed import land
from ppdarchive.coding.landing.match import Responses
from ppdarchive.coding.project import NONE
from ppdarchive.coding.rows import coding_rows
from ppdarchive.deidentify.codings import recoded
from ppdarchive.deidentify.freetext import Redaction
from ppdarchive.model.span import Edit, TextCategory
from ppdarchive.pipeline import validate_study
from ppdarchive.text.edit import apply


@contextmanager
def stage(name: str, seconds: dict[str, float]) -> Iterator[None]:
    """Note the processor seconds of a step, of all its threads."""
    start = time.process_time()
    yield
    seconds[name] = round(time.process_time() - start, 2)


def chain(folder: str, file: str) -> None:
    """Read a CSV file of codings, place them, carry them through edits, and compute agreement on presence."""
    seconds: dict[str, float] = {}
    with stage("read", seconds):
        project = read_project(Path(folder) / file, source="csv", name=file)
    with stage("responses", seconds):
        table = pa.csv.read_csv(Path(folder) / "responses.csv")
        responses = _responses(table)
    with stage("place", seconds):
        landed = land(project, responses)
    with stage("rows", seconds):
        ids = table["response_id"].combine_chunks()
        rows = coding_rows(
            project,
            landed,
            codebook_of(project),
            ids,
            wanted=(project.selections.code != NONE) & (landed.response != NONE) & ~landed.uncertain,
            coders={},
            coder=None,
            stage="independent",
        )
        cells = rows.cells
        codings = _frame(
            {
                name: cells[name].cast(pa.int64()) if name in {"start", "end"} else cells[name]
                for name in ("response_id", "code_id", "coder_id", "start", "end", "stage")
            }
        )
    n_read = len(project.selections)
    del project, landed
    with stage("edits", seconds):
        texts = [text or "" for text in responses.texts]
        edited, maps = apply(texts, _edits(texts))
    with stage("remap", seconds):
        redaction = Redaction(tuple(edited), tuple(maps), (), (), (), {})
        at = np.asarray(pc.index_in(cells["response_id"], value_set=ids)).astype(np.int64)
        key = ["response_id", "code_id", "coder_id", "start", "end", "stage"]
        moved, gone, counts = recoded(codings, at, redaction, key)
        moved = moved.loc[~gone]
    with stage("presence", seconds):
        released = table.set_column(table.column_names.index("text"), "text", pa.array(edited, pa.string()))
        frame = _frame({name: released[name] for name in released.column_names})
        codes = _frame({"code_id": pa.chunked_array([pc.unique(cells["code_id"])])})
        coded, units = coded_of(frame, moved, codes)
        asked = np.array(responses.question_id)[units].tolist()
        found = summarize(coded, themes={}, questions=asked, replicates=1000, seed=1, characters=False)
    alpha = found.all_text.overall.alpha
    print(json.dumps({"stages": seconds, "read": n_read, "rows": len(rows.cells), "counts": dict(counts),
                      "alpha": alpha.value, "interval": [alpha.low, alpha.high]}))  # fmt: skip


def _responses(table: pa.Table) -> Responses:
    columns = {name: tuple(table[name].to_pylist()) for name in table.column_names}
    return Responses(**{"texts" if name == "text" else name: each for name, each in columns.items()})


def _frame(columns: dict[str, pa.ChunkedArray]) -> pd.DataFrame:
    arrays = {name: pd.arrays.ArrowExtensionArray(column) for name, column in columns.items()}
    return pd.DataFrame({name: pd.Series(array) for name, array in arrays.items()})


def _edits(texts: Sequence[str]) -> list[list[Edit]]:
    """About two edits an answer, at random."""
    rng = np.random.default_rng(3)
    numbers = rng.poisson(2, len(texts)).tolist()
    places = iter(rng.random(sum(numbers)).tolist())
    made: list[list[Edit]] = []
    for text, number in zip(texts, numbers, strict=True):
        starts = sorted({int(next(places) * len(text)) // 12 * 12 for _ in range(number)})
        made.append([Edit(at, min(at + 7, len(text)), "[NAME]", TextCategory.NAME) for at in starts])
    return made


def validate(folder: str) -> None:
    """Validate the study that declares the CSV file as its coding."""
    result = validate_study(Path(folder) / "study")
    print(json.dumps({"rows": len(result.checked.tables["codings"].frame),
                      "findings": list(result.checked.findings.ids)}))  # fmt: skip


def agree(folder: str) -> None:
    """Compute the study's agreement as ``ppdarchive code agreement`` does."""
    report = agreement_study(Path(folder) / "study")
    print(json.dumps({"alpha": report.summary.all_text.overall.alpha.value}))


def qdpx(folder: str) -> None:
    """Read the `.qdpx` file and place its selections."""
    seconds: dict[str, float] = {}
    with stage("read", seconds):
        path = Path(folder) / "coded.qdpx"
        project, read_mb = added_mb(lambda: read_project(path, source="refi-qda", name="coded.qdpx"))
    table = pa.csv.read_csv(Path(folder) / "responses.csv")
    responses = _responses(table)
    with stage("place", seconds):
        landed = land(project, responses)
    print(json.dumps({"stages": seconds, "sources": len(project.sources), "read": len(project.selections),
                      "reading adds MB": read_mb, "uncertain": int(landed.uncertain.sum())}))  # fmt: skip


def unitizing(folder: str) -> None:
    """Compute the u-alpha family over all characters."""
    seconds: dict[str, float] = {}
    coded = _coded(folder)
    with stage("unitized", seconds):
        family = unitized(coded)
    print(json.dumps({"stages": seconds, "boundaries": family.boundaries.coefficient().value}))


def consensus(folder: str) -> None:
    """Join segments that overlap, and propose by majority."""
    seconds: dict[str, float] = {}
    coded = _coded(folder)
    with stage("clusters", seconds):
        codings = Codings.of(
            response=coded.unit, code=coded.code, coder=coded.coder, start=coded.start, end=coded.end
        )
        found = clusters(codings, coded.rated)
    with stage("propose", seconds):
        proposed = propose(found, Rule.MAJORITY)
    print(json.dumps({"stages": seconds, "clusters": len(found), "proposed": len(proposed)}))


def _coded(folder: str) -> Coded:
    responses, codings = (pa.csv.read_csv(Path(folder) / f"{name}.csv") for name in ("responses", "codings"))
    codings = codings.rename_columns({"code": "code_id", "coder": "coder_id"})
    codings = codings.append_column("stage", pa.array(np.full(len(codings), "independent")))
    frames = [_frame({name: table[name] for name in table.column_names}) for table in (responses, codings)]
    codes = _frame({"code_id": pa.chunked_array([pc.unique(codings["code_id"])])})
    return coded_of(frames[0], frames[1], codes)[0]


def alpha() -> None:
    """Compute alpha of a matrix of ratings six times; the first does not count."""
    ratings = ratings_of()
    times, value = [], None
    for _ in range(6):
        start = time.process_time()
        value = krippendorff_alpha(ratings).value
        times.append(time.process_time() - start)
    print(json.dumps({"stages": {"alpha": round(statistics.median(times[1:]), 3)}, "value": value}))
