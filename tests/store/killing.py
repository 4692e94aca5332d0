"""Kill a process that publishes, or purges, at random instants, and look at what it leaves behind.

    python tests/store/killing.py FOLDER N_PUBLISH N_PURGE SEED

Each victim is a child of this process, so that it costs no start of Python; it is killed by SIGKILL, some
time between its start and a little more than its work takes. Figures are printed as JSON; anything that is
not as promised ends the run with an AssertionError.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from ocfl_opinion import ocfl_errors
from ppdarchive.store import layout
from ppdarchive.store.publishing import publish
from ppdarchive.store.reading import content_of, head
from ppdarchive.store.records import Tombstone, tombstones
from ppdarchive.store.repair import repair
from ppdarchive.store.rewriting import rewrite
from ppdarchive.store.verify import verify

OBJECT = "study~public"
CREATED = datetime(2026, 3, 1, tzinfo=UTC)
STONE = Tombstone(0, "participant", (), date(2026, 4, 1), "withdrawal")
SECRET = b"her own words, which only she wrote"
N_VERSIONS = 3
Contents = dict[str, bytes]


def contents(number: int, *, purged: bool = False) -> Contents:
    """What a version holds."""
    words = b"" if purged else SECRET
    return {
        "datapackage.json": b'{"version": %d}' % number,
        "data/responses.parquet": b"r%d" % number * 20_000 + words,
        "csv/responses.csv": words + b"c%d" % number,
    }


def written(folder: Path, files: Contents) -> Path:
    """A folder with these files."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def read(root: Path) -> list[Contents]:
    """Every byte of every version, as a reader finds it."""
    if not (root / layout.ROOT_MARK).exists():
        return []
    found = head(root, OBJECT)
    return [
        {path: place.read_bytes() for path, place in content_of(found, number).items()}
        for number in range(1, found.number + 1)
    ]


def killed(work: Callable[[], None], seconds: float) -> tuple[int, bool]:
    """Let a child work, and kill it; how often it said that something is done, and whether it ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(writing, 1)
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        n_done = len(pipe.read())
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed"
    return n_done, not os.WIFSIGNALED(status)


def free(root: Path) -> None:
    """Let the lock's time be over, as it is for whoever comes the next day."""
    folder = root / layout.LOCKS / OBJECT
    for name in folder.iterdir() if folder.exists() else ():
        name.rename(name.with_name("free"))


def check(root: Path, *, third_party: bool) -> None:
    """The archive is valid, and there is nothing to repair."""
    assert repair(root, OBJECT) == ()
    assert [str(problem) for problem in verify(root, fixity=True) if problem.severity == "error"] == []
    if third_party:
        assert ocfl_errors(root) == []


def median_seconds(work: Callable[[], None]) -> float:
    """How long something takes."""
    times = []
    for _ in range(15):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def killed_publishers(folder: Path, n_kills: int, random: Random) -> Counter[str]:
    """Kill publishers; whatever one acknowledged is there, and nothing else but the one it was at."""
    packages = [written(folder / f"package{n}", contents(n)) for n in range(N_VERSIONS)]
    trial = folder / "trial"

    def publish_next(root: Path, number: int) -> None:
        publish(root, OBJECT, packages[number % N_VERSIONS], created=CREATED)

    usual = median_seconds(lambda: publish_next(trial, 0))
    seen: Counter[str] = Counter()
    root, n_before = folder / "published0", 0
    for kill in range(n_kills):

        def work(root: Path = root, n_before: int = n_before) -> None:
            for number in range(n_before, n_before + 3):
                publish_next(root, number)
                os.write(1, b".")

        n_done, _ = killed(work, random.random() * 2.5 * usual)
        expected = [contents(n % N_VERSIONS) for n in range(n_before + n_done + 1)]
        found = read(root) if (root / OBJECT).exists() else []
        assert found in (expected, expected[:-1]), "an acknowledged release is lost, or one half visible"
        free(root)
        if (root / layout.ROOT_MARK).exists():
            mended = repair(root, OBJECT)
            seen.update(f"publish: {each.kind}" for each in mended)
            found = read(root) if (root / OBJECT).exists() else []
            assert found in (expected, expected[:-1])
            if found:
                check(root, third_party=kill % 10 == 0)
        seen[f"publish: killed with {n_done} acknowledged"] += 1
        seen["publish: in, not acknowledged"] += len(found) == len(expected)
        n_before = len(found)
        if n_before > 12:
            shutil.rmtree(root)
            root, n_before = folder / f"published{kill + 1}", 0
    return seen


def killed_purges(folder: Path, n_kills: int, random: Random) -> Counter[str]:
    """Kill purges; each ends complete once it is resumed, and was never half visible."""
    before = [contents(n) for n in range(N_VERSIONS)]
    after = [before[0], *(contents(n, purged=True) for n in range(1, N_VERSIONS))]
    before[0] = after[0] = contents(0, purged=True)  # she joined later
    template = folder / "template"
    for number, files in enumerate(before):
        publish(template, OBJECT, written(folder / f"before{number}", files), created=CREATED)
    packages = {n + 1: written(folder / f"after{n}", after[n]) for n in range(1, N_VERSIONS)}
    removed = [
        SECRET,
        *(
            hashlib.sha512(each).hexdigest().encode()
            for files in before[1:]
            for each in files.values()
            if SECRET in each
        ),
    ]
    root = folder / "purged"

    def purge() -> None:
        rewrite(root, OBJECT, packages, STONE)

    def anew() -> None:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(template, root)

    def once() -> None:
        anew()
        purge()

    longest = 1.3 * (median_seconds(once) - median_seconds(anew))
    seen: Counter[str] = Counter()
    for kill in range(n_kills):
        anew()
        # Every other one late, since most of the time goes by before anything is decided.
        seconds = longest * (random.random() if kill % 2 else 0.6 + 0.4 * random.random())

        def work() -> None:
            purge()
            os.write(1, b".")

        n_done, _ = killed(work, seconds)
        longest *= 0.95 if n_done else 1.03  # a machine gets slower or faster meanwhile
        found = read(root)
        assert found in ([after] if n_done else [before, after]), "a purge is half visible, or undone"
        free(root)
        mended = repair(root, OBJECT)
        seen.update(f"purge: {each.kind}" for each in mended)
        assert read(root) == found, "repair changed which release is read"
        seen[f"purge: killed {'after' if found == after else 'before'} the decision"] += 1
        seen["purge: acknowledged"] += n_done
        if found == before:
            check(root, third_party=kill % 10 == 0)
            purge()
        assert read(root) == after
        assert len(tombstones(root, OBJECT)) == 1
        for path in root.rglob("*"):
            assert path.is_dir() or not any(each in path.read_bytes() for each in removed), path.name
        check(root, third_party=kill % 10 == 1)
    return seen


if __name__ == "__main__":
    place, n_publish, n_purge, seed = Path(sys.argv[1]), *map(int, sys.argv[2:])
    place.mkdir(parents=True, exist_ok=True)
    figures = killed_publishers(place, n_publish, Random(seed)) + killed_purges(place, n_purge, Random(seed))
    print(json.dumps(dict(sorted(figures.items())), indent=1))
