"""Two releases of a small study, packed as users pack them and stored; and what attackers do to them."""

from __future__ import annotations

import atexit
import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from tests.test_publish import ANSWERS, PEOPLE, write_small

from ppdarchive.changes import Contents, Entry, changelog, changes
from ppdarchive.loading import load
from ppdarchive.publish import pack_study
from ppdarchive.store.minisign import SecretKey, signature_text
from ppdarchive.store.naming import release_message
from ppdarchive.store.publishing import publish
from ppdarchive.store.signature import sign, signature_path

OBJECT = "small~public"
VERSIONS = ("1.0.0", "1.1.0")
DAYS = (date(2026, 1, 31), date(2026, 2, 28))


@cache
def templates() -> Path:
    """Make a study, its packages and their archive, once: ``study``, ``1.0.0``, ``1.1.0``, ``archive``."""
    folder = Path(tempfile.mkdtemp(prefix="ppdarchive-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    people = PEOPLE + "P-10005,Ida Holm,1992-05-06,,true,34\n"
    answers = ANSWERS + "R-5,P-10005,a good coach\n"
    study = write_small(folder / "study", people=people, answers=answers)
    pack_study(study, folder / VERSIONS[0], version=VERSIONS[0], released_on=DAYS[0])
    people += "P-10006,Liv Moe,1993-07-08,,true,37\n"
    answers += "R-6,P-10006,it helped me sleep\n"
    write_small(study, people=people, answers=answers)
    pack_study(study, folder / VERSIONS[1], version=VERSIONS[1], released_on=DAYS[1])
    first, second = (load(folder / version) for version in VERSIONS)
    between = changes(
        *(
            Contents({name: each.schema(name) for name in each}, {name: each[name] for name in each})
            for each in (first, second)
        )
    )
    entries = [Entry(VERSIONS[0], DAYS[0]), Entry(VERSIONS[1], DAYS[1], between)]
    for number, version in enumerate(VERSIONS, start=1):
        (folder / version / "CHANGELOG.md").write_text(changelog(entries[:number]), "utf-8")
        reseal(folder / version)
    store(folder / "archive", [folder / version for version in VERSIONS])
    return folder


def store(archive: Path, packages: Sequence[Path], *, dedupe: bool = False, name: str = OBJECT) -> Path:
    """Publish packages one after the other; the same gives the same bytes."""
    for package, version, day in zip(packages, VERSIONS, DAYS, strict=False):
        created = datetime(day.year, day.month, day.day, tzinfo=UTC)
        publish(archive, name, package, created=created, message=release_message(version), dedupe=dedupe)
    return archive


def reseal(package: Path) -> None:
    """Compute every digest of a package anew, as an attacker does who knows how they are made."""
    path = package / "datapackage.json"
    members = json.loads(path.read_text("utf-8"))
    for resource in members["resources"]:
        content = (package / resource["path"]).read_bytes()
        resource["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
        resource["ppdarchive"]["bytes"] = len(content)
    path.write_text(json.dumps(members, indent=2, ensure_ascii=False) + "\n", "utf-8")
    sums = {
        each.relative_to(package).as_posix(): hashlib.sha256(each.read_bytes()).hexdigest()
        for each in package.rglob("*")
        if each.is_file() and each.name != "SHA256SUMS"
    }
    lines = [f"{digest}  {inside}\n" for inside, digest in sorted(sums.items())]
    (package / "SHA256SUMS").write_text("".join(lines), "utf-8")


def add_signature(archive: Path, number: int, key: SecretKey, *, signs_as: int | None = None) -> Path:
    """Sign a version, as it is or under another's number."""
    version = f"v{number}"
    inventory = (archive / OBJECT / f"v{signs_as or number}" / "inventory.json").read_bytes()
    made = sign(inventory, key, object_id=OBJECT, version=f"v{signs_as or number}")
    path = archive / OBJECT / signature_path(version, key.public.key_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(signature_text(made))
    return path
