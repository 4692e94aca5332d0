"""A plain folder -> a BagIt bag with the same bytes whoever makes it, and back with every digest checked.

References
----------
RFC 8493, The BagIt File Packaging Format (V1.0).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Final

from ppdarchive.errors import TransferError
from ppdarchive.transfer.bagtags import (
    ALGORITHMS,
    DECLARATION,
    DECLARED,
    KNOWN,
    MANIFEST,
    PAYLOAD,
    STATEMENTS,
    SURE,
    bag_problem,
    manifest_text,
    parse_declaration,
    parse_manifest,
    parse_statements,
    payload_oxum,
    statements_text,
)
from ppdarchive.transfer.tree import (
    N_THREADS,
    Listing,
    Staging,
    Transferred,
    Written,
    listing,
    pieces_of,
    plain_listing,
    read_small,
    staged,
)

MAX_MANIFEST_BYTES: Final = 256 << 20
_MAX_TAG_BYTES: Final = 1 << 20
_OURS: Final = frozenset({"bagging-date", "payload-oxum", "external-identifier", "bag-software-agent"})


def to_bag(
    folder: Path,
    out: Path,
    *,
    released_on: date,
    identifier: str | None = None,
    statements: Mapping[str, str] | None = None,
) -> Transferred:
    """Make a bag of a folder; the folder stays as it is.

    The same files and words give the same bytes, times and modes: there is no user, host or software
    version in it, and the day of the release stands for the day of bagging.

    Parameters
    ----------
    folder : Path
        Files and folders only, none of the folders empty.
    out : Path
        The bag; nothing may be there.
    released_on : date
        ``Bagging-Date``, and the time of every file.
    identifier : str, optional
        ``External-Identifier``, such as the object's id and version.
    statements : mapping of str to str, optional
        More for bag-info.txt, such as ``Source-Organization``.

    Raises
    ------
    TransferError
        ``transfer.exists``, ``transfer.not-found``, ``transfer.not-readable``, ``transfer.not-writable``,
        ``transfer.name``, ``transfer.refused``; ``transfer.damaged`` if a file changed meanwhile;
        ``transfer.bag`` if a statement is not one plain line, or one that is made here.
    """
    more = dict(statements or {})
    if any(label.lower() in _OURS for label in more):
        raise bag_problem(str(out), "a statement was given that bags get by themselves")
    with staged(out) as staging:
        sizes = plain_listing(folder)
        staging.make_folders([PAYLOAD + path for path in sizes])
        written = copy_files(folder, {path: PAYLOAD + path for path in sizes}, staging, ALGORITHMS)
        _check_sizes(folder, sizes, written)
        oxum = f"{sum(sizes.values())}.{len(sizes)}"
        stated = {
            **more,
            "Bagging-Date": released_on.isoformat(),
            **({"External-Identifier": identifier} if identifier is not None else {}),
            "Payload-Oxum": oxum,
        }
        texts = {DECLARATION: DECLARED, STATEMENTS: statements_text(stated.items(), name=str(out))}
        texts |= {f"manifest-{name}.txt": _manifest(written, name, PAYLOAD) for name in ALGORITHMS}
        tags = {path: staging.write(path, [text.encode()], ALGORITHMS) for path, text in texts.items()}
        for name in ALGORITHMS:
            text = _manifest(tags, name, "")
            texts[f"tagmanifest-{name}.txt"] = text
            staging.write(f"tagmanifest-{name}.txt", [text.encode()], ())
        staging.settle((*(PAYLOAD + path for path in sizes), *texts), released_on)
        staging.place()
    return Transferred(sizes, _sha512(written), tuple(stated.items()))


def from_bag(bag: Path, out: Path) -> Transferred:
    """Take a bag's payload as a plain folder, with every digest checked on the bytes that are written.

    A bag is refused as a whole if it is incomplete, has a file that no manifest of its payload lists,
    asks to fetch files from elsewhere, or holds a link. It needs a manifest of SHA-256 or better; what
    manifests of other algorithms say has to be true as well.

    Parameters
    ----------
    bag : Path
        The bag's folder.
    out : Path
        The plain folder; nothing may be there.

    Raises
    ------
    TransferError
        ``transfer.exists``, ``transfer.not-found``, ``transfer.not-readable``, ``transfer.not-writable``,
        ``transfer.name``, ``transfer.refused``, ``transfer.too-large``; ``transfer.bag`` if it breaks a
        rule of BagIt; ``transfer.damaged`` if a file is not the one of its digest.
    """
    with staged(out) as staging:
        found = listing(bag)
        payload = {path: size for path, size in found.sizes.items() if path.startswith(PAYLOAD)}
        _check_payload(bag, found, payload)
        version = parse_declaration(_tag(bag, DECLARATION, found), name=str(bag))
        stated = _statements(bag, found, payload)
        manifests = _manifests(bag, found, version, payload.keys())
        _check_tags(bag, found, version)
        short = {path: path.removeprefix(PAYLOAD) for path in payload}
        staging.make_folders(short.values())
        written = copy_files(bag, short, staging, manifests.keys() | {"sha512"})
        _check_digests(bag, manifests, written)
        staging.place()
    sizes = {short[path]: size for path, size in payload.items()}
    digests = _sha512({short[path]: each for path, each in written.items()})
    return Transferred(sizes, digests, stated, _left(found))


def copy_files(
    folder: Path, places: Mapping[str, str], staging: Staging, algorithms: Collection[str]
) -> Mapping[str, Written]:
    """Copy files two at a time; what was written, by where it came from."""
    with ThreadPoolExecutor(N_THREADS) as pool:
        done = pool.map(
            lambda item: staging.write(item[1], pieces_of(folder, item[0]), algorithms), places.items()
        )
        return dict(zip(places, done, strict=True))


def _check_sizes(folder: Path, sizes: Mapping[str, int], written: Mapping[str, Written]) -> None:
    for path, size in sizes.items():
        if written[path].size_bytes != size:
            raise damaged(folder, path, "it changed while it was read")


def damaged(folder: Path, path: str, reason: str) -> TransferError:
    """What is raised of a file that is not what it should be."""
    return TransferError("transfer.damaged", path=str(folder), what=repr(path), reason=reason)


def _manifest(written: Mapping[str, Written], algorithm: str, folder: str) -> str:
    return manifest_text({folder + path: each.digests[algorithm] for path, each in written.items()})


def _sha512(written: Mapping[str, Written]) -> Mapping[str, str]:
    return {path: each.digests["sha512"] for path, each in written.items()}


def _tag(bag: Path, path: str, found: Listing, *, max_bytes: int = _MAX_TAG_BYTES) -> bytes:
    if path not in found.sizes:
        raise bag_problem(str(bag), f"{path} is missing")
    return read_small(bag, path, max_bytes=max_bytes)


def _check_payload(bag: Path, found: Listing, payload: Mapping[str, int]) -> None:
    if "fetch.txt" in found.sizes:
        raise bag_problem(str(bag), "it asks to fetch files from elsewhere")
    if any(f"{path}/".startswith(PAYLOAD) for path in found.empty):
        raise bag_problem(str(bag), "its payload has an empty folder, which cannot be kept")
    if not payload:
        raise bag_problem(str(bag), "it has no payload")


def _statements(bag: Path, found: Listing, payload: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    if STATEMENTS not in found.sizes:
        return ()
    stated = parse_statements(_tag(bag, STATEMENTS, found), name=str(bag))
    oxum = payload_oxum(stated, name=str(bag))
    if oxum not in (None, (sum(payload.values()), len(payload))):
        raise bag_problem(str(bag), "its payload is not of the size that its Payload-Oxum states")
    return stated


def _manifests(
    bag: Path, found: Listing, version: str, payload: Collection[str]
) -> Mapping[str, Mapping[str, str]]:
    """The digests of the payload's files, by algorithm."""
    manifests = {
        algorithm: _read_manifest(bag, file, algorithm, found, version, payload=True)
        for file, algorithm in _manifest_files(bag, found, tags=False).items()
    }
    if manifests.keys().isdisjoint(SURE):
        raise bag_problem(str(bag), "it has no manifest of SHA-256 or better")
    for algorithm, digests in manifests.items():
        if digests.keys() != set(payload):
            n_missing, n_more = len(digests.keys() - set(payload)), len(set(payload) - digests.keys())
            raise bag_problem(
                str(bag), f"by manifest-{algorithm}.txt {n_missing} files are missing, {n_more} too many"
            )
    return manifests


def _manifest_files(bag: Path, found: Listing, *, tags: bool) -> Mapping[str, str]:
    """The manifests of payload or tag files, with their algorithms."""
    matches = (MANIFEST.fullmatch(path) for path in found.sizes)
    files = {match[0]: match[2] for match in matches if match and bool(match[1]) == tags}
    if not KNOWN.issuperset(files.values()):
        raise bag_problem(str(bag), "a manifest is of an unknown algorithm")
    return files


def _read_manifest(
    bag: Path, file: str, algorithm: str, found: Listing, version: str, *, payload: bool
) -> Mapping[str, str]:
    data = _tag(bag, file, found, max_bytes=MAX_MANIFEST_BYTES)
    return parse_manifest(data, algorithm, name=str(bag), file=file, version=version, payload=payload)


def _check_tags(bag: Path, found: Listing, version: str) -> None:
    for file, algorithm in _manifest_files(bag, found, tags=True).items():
        digests = _read_manifest(bag, file, algorithm, found, version, payload=False)
        for path, expected in digests.items():
            if path not in found.sizes:
                raise bag_problem(str(bag), f"{file} lists a file that is missing")
            if _digest(bag, path, algorithm) != expected:
                raise damaged(bag, path, f"it is not the one that {file} lists")


def _digest(bag: Path, path: str, algorithm: str) -> str:
    result = hashlib.new(algorithm, usedforsecurity=False)
    for piece in pieces_of(bag, path):
        result.update(piece)
    return result.hexdigest()


def _check_digests(
    bag: Path, manifests: Mapping[str, Mapping[str, str]], written: Mapping[str, Written]
) -> None:
    for algorithm, digests in manifests.items():
        for path, expected in digests.items():
            if written[path].digests[algorithm] != expected:
                raise damaged(bag, path, f"it is not the one that manifest-{algorithm}.txt lists")


def _left(found: Listing) -> tuple[str, ...]:
    known = {DECLARATION, STATEMENTS}
    return tuple(
        path
        for path in found.sizes
        if not path.startswith(PAYLOAD) and path not in known and MANIFEST.fullmatch(path) is None
    )
