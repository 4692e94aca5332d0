"""Real processes, killed at random instants: nothing acknowledged is lost, and every purge ends complete."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("killing.py")


def figures(folder: Path, n_kills: int) -> dict[str, int]:
    """What the script counted; it ends with an error where a promise is broken."""
    command = [sys.executable, str(SCRIPT), str(folder), str(n_kills), str(n_kills), "7"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    counts: dict[str, int] = json.loads(done.stdout)
    killed = {
        kind: sum(n for name, n in counts.items() if name.startswith(f"{kind}: killed"))
        for kind in ("publish", "purge")
    }
    assert killed == {"publish": n_kills, "purge": n_kills}
    return counts


def test_some_killed_processes_lose_nothing(tmp_path: Path) -> None:
    """A few instants, so that the long hunt does not rot."""
    figures(tmp_path, 4)


@pytest.mark.thorough
def test_a_thousand_killed_publishers_and_purges_lose_nothing(tmp_path: Path) -> None:
    """A thousand instants of each, before and after the commit: old or new, and whole once repaired."""
    counts = figures(tmp_path, 1000)
    assert min(counts["purge: killed before the decision"], counts["purge: killed after the decision"]) > 50
    assert counts["publish: finished"] > 10
