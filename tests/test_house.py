"""The house keeps its promises: who imports what, where, and what is public."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import ppdarchive

SOURCE = Path(ppdarchive.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))
# Modules that may touch files, clocks or the process; all others are pure.
AT_THE_DOOR = {
    *(
        "cli/__init__.py",
        "cli/main.py",
        "cli/terminal.py",
        "cli/demo.py",
        "cli/archive/demonstration.py",
        "cli/publishing.py",
        *(f"publish/{name}.py" for name in ("assessing", "drafting", "packing", "preparing")),
        "gate.py",
        "package/files.py",
        "package/checksums.py",
        "package/parquet.py",
        "package/csvcopy.py",
        "cli/risk.py",
        "cli/start.py",
        "drawn.py",
        "pipeline.py",
        "spilling.py",
        "profile.py",
        "register.py",
        "detectors/plugins/loading.py",
        "study/__init__.py",
        "study/model.py",
    ),
    *("tableschema/package.py", "read/__init__.py", "read/delimited.py", "read/archive.py"),
    *("audit.py", "textscan.py", "cli/text.py", "gate/cells.py", "gate/folder.py", "gate/strings.py"),
    *("detectors/lexicon/shipped.py", "detectors/phrases/rulebook.py", "detectors/phrases/shipped.py"),
    *("detectors/tagger/detector.py", "detectors/tagger/network.py"),
    *("read/parquet.py", "read/encoding.py", "synthetic/study.py", "synthetic/resources.py"),
    *(
        "cli/demonstration.py",
        "synthetic/consent.py",
        "synthetic/projects.py",
        "coders/agreement.py",
        "coders/consensus.py",
        "coders/convert.py",
    ),
    *("store/minisign.py", "transfer/bag.py", "transfer/tree.py", "transfer/zipped.py"),
    *("coders/excerpts.py", "coders/quality.py", "coders/tables.py"),
    *(f"cli/code/{name}.py" for name in ("agreement", "consensus", "convert", "importing", "quality")),
    *(
        f"store/{name}.py"
        for name in (
            *("digest", "disk", "files", "lock", "minisign", "objects", "publishing", "reading", "repair"),
            "verify",
        )
    ),
    *(f"transfer/{name}.py" for name in ("bag", "tree", "zipped")),
    *(
        f"archive/{name}.py"
        for name in (
            *("__init__", "cloning", "converting", "history", "marking", "opening", "publishing", "purging"),
            "purging_versions",
            *("earlier", "keys", "redactions", "target"),
            *("rebuilding", "signing", "verifying", "verifying_release", "verifying_signatures", "repairing"),
        )
    ),
    *(
        f"store/objectstore/{name}.py"
        for name in ("calls", "files", "lock", "publishing", "repair", "rewriting")
    ),
    *(f"store/{name}.py" for name in ("deciding", "mirroring", "places", "records", "rewriting", "staging")),
    *(
        f"loading/{name}.py"
        for name in (
            *("__init__", "cache", "contents", "lockfile", "opening", "pinning", "release", "releases"),
        )
    ),
    *(
        f"cli/archive/{name}.py"
        for name in (
            *("__init__", "clone", "convert", "history", "mark", "pin", "publish", "purge", "repair"),
            *("keys", "sign", "verify", "options"),
        )
    ),
    *(
        f"coding/formats/{name}.py"
        for name in (
            *("__init__", "delimited", "newfile", "sheet", "sqlite", "zipped", "refi/reader", "refi/writer"),
            *("qualcoder", "taguette", "taguette_exports", "taguette_write"),
        )
    ),
}
IMPURE = {"os", "io", "pathlib", "time", "random", "tempfile", "shutil", "subprocess", "zipfile", "secrets"}


def imports(path: Path) -> set[str]:
    """The top names of what a module imports."""
    tree = ast.parse(path.read_text("utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_pure_modules_touch_nothing_outside(path: Path) -> None:
    """Only modules at the door import what reaches files, clocks, randomness or processes."""
    name = path.relative_to(SOURCE).as_posix()
    allowed = {"random"} if name.startswith("synthetic/") else set()
    if name not in AT_THE_DOOR:
        assert not (imports(path) & IMPURE) - allowed


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_stand_at_the_top(path: Path) -> None:
    """No function hides an import, and no module imports the root package."""
    tree = ast.parse(path.read_text("utf-8"))
    for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
        assert not [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
    roots = [
        node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "ppdarchive"
    ]
    assert not roots


def test_only_the_checks_import_pandera() -> None:
    """Pandera's exceptions carry cells, so one module alone knows it."""
    known = {path.relative_to(SOURCE).as_posix() for path in MODULES if "pandera" in imports(path)}
    assert known == {"validate/checks.py"}


def test_public_names_load() -> None:
    """Every public name is there, and the list is sorted and complete."""
    assert ppdarchive.__all__ == sorted(ppdarchive.__all__)
    for path in MODULES:  # a loaded submodule hides a name of the package that it shares
        parts = path.relative_to(SOURCE).with_suffix("").parts
        import_module(".".join(["ppdarchive", *(part for part in parts if part != "__init__")]))
    for name in ppdarchive.__all__:
        assert not isinstance(getattr(ppdarchive, name), ModuleType), name
    assert dir(ppdarchive) == ppdarchive.__all__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = ppdarchive.nothing


def test_importing_the_package_is_light() -> None:
    """Importing ppdarchive loads no library but the standard one."""
    code = "import sys, ppdarchive; print(*sorted(m.partition('.')[0] for m in sys.modules))"
    loaded = set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )
    assert not loaded & {"pandas", "numpy", "pyarrow", "pandera", "pydantic", "typer", "rich", "hypothesis"}
