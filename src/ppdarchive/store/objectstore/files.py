"""Files in an object store: read as `Files` are, and put whole, on condition of what lies there.

A path is ``BUCKET/KEY``; a folder is whatever keys begin with its name. Nothing is cached, so that no
reader sees an old head. What a store calls an ETag is a `tag` here: equal for equal bytes.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ppdarchive.store.files import Entry, Files, Writer
from ppdarchive.store.objectstore.calls import Calls, OutOfRange, Refused, Unsupported

PIECE_BYTES: Final = 8 * 2**20
PART_BYTES: Final = 8 * 2**20
"""Of a file that is sent in parts; a smaller one is sent at once. S3 takes no parts below 5 MiB."""
_MOST_PARTS: Final = 10_000
_NO_NAMES: Final = frozenset(("", ".", ".."))


@dataclass(frozen=True, slots=True)
class Tagged:
    """A file's size, and the tag of its bytes."""

    size_bytes: int
    tag: str


class ObjectFiles:
    """An S3-compatible object store as `Files`, and what only an object store can do.

    Folders come and go with the files in them, so making one does nothing. `rename` replaces its
    target at once, but its source goes later; `move_in` is refused.

    Parameters
    ----------
    calls : Calls
    part_bytes : int, optional
    most_copied : int, optional
        Bytes of a file that the store copies by itself; S3 takes 5 GiB.
    """

    is_object_store = True
    n_threads = 4

    def __init__(self, calls: Calls, *, part_bytes: int = PART_BYTES, most_copied: int = 5 * 2**30) -> None:
        self.calls = calls
        self._most_copied = most_copied
        self._part_bytes = part_bytes

    # -- as every file system ----------------------------------------------------------------------

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def wait(self, seconds: float) -> None:
        """Let others work."""
        time.sleep(seconds)

    def entry(self, path: Path) -> Entry | None:
        """What lies at a path, if anything does; a file, if there is a folder too."""
        where = _where(path)
        with contextlib.suppress(FileNotFoundError):
            if "Key" in where:
                found = self.calls.call("head_object", **where)
                return _entry(path.name, found["ContentLength"], found["LastModified"])
        listed = self.calls.call("list_objects_v2", MaxKeys=1, **_below(path))
        return Entry(path.name, "folder") if listed.get("KeyCount") or "Key" not in where else None

    def entries(self, folder: Path) -> list[Entry]:
        """What lies in a folder, by name; nothing, if there is no such folder."""
        below = _below(folder)
        start = len(below["Prefix"])
        found = []
        for page in self._pages("list_objects_v2", **below, Delimiter="/"):
            # A key that ends with a slash stands for a folder.
            files = [each for each in page.get("Contents", ()) if len(each["Key"]) > start]
            found += [_entry(each["Key"][start:], each["Size"], each["LastModified"]) for each in files]
            for each in page.get("CommonPrefixes", ()):
                name = each["Prefix"][start:-1]
                found.append(Entry(name, "other" if name in _NO_NAMES else "folder"))
        return sorted(found, key=lambda entry: entry.name)

    def read(self, path: Path, limit: int) -> bytes:
        """The first `limit` bytes of a file."""
        return self.read_tagged(path, limit)[0]

    def pieces(self, path: Path) -> Iterator[memoryview]:
        """A file's bytes, all of one and the same file."""
        words: dict[str, Any] = dict(_where(path))
        start, size = 0, 1
        while start < size:
            try:
                answer = self.calls.call(
                    "get_object", **words, Range=f"bytes={start}-{start + PIECE_BYTES - 1}"
                )
            except OutOfRange:
                return  # nothing is in it
            except Refused:
                raise OSError(errno.EIO, "it changed while it was read", str(path)) from None
            size = int(answer["ContentRange"].rpartition("/")[2])
            words["IfMatch"] = answer["ETag"]
            yield memoryview(answer["Body"])
            start += len(answer["Body"])

    def create(self, path: Path) -> Writer:
        """Begin a file where nothing is; it is there when it is finished."""
        return _ObjectWriter(self, path, self._part_bytes)

    def make_folder(self, path: Path) -> None:
        """Do nothing."""

    def settle_folder(self, path: Path, seconds: int) -> None:
        """Do nothing."""

    def sync(self, folder: Path) -> None:
        """Do nothing: what a store has acknowledged is kept."""

    def rename(self, source: Path, target: Path) -> None:
        """Put a file at `target`, in the place of whatever file was there; then remove it at `source`."""
        self.copy(source, target)
        self.calls.call("delete_object", **_where(source))

    def move_in(self, source: Path, target: Path) -> None:
        """Refuse: no store puts a folder in place at once."""
        raise OSError(errno.ENOTSUP, "an object store moves no folders", str(source), None, str(target))

    def remove_tree(self, path: Path) -> None:
        """Remove whatever lies below a path, one after the other."""
        self.abort_uploads(path)
        for inside, found in self.tree(path).items():
            self.remove(path / inside, found.tag)

    # -- what only an object store can do ----------------------------------------------------------

    def tree(self, folder: Path) -> dict[str, Tagged]:
        """Every file below a folder, by its path inside."""
        below = _below(folder)
        start = len(below["Prefix"])
        return {
            each["Key"][start:]: Tagged(each["Size"], each["ETag"])
            for page in self._pages("list_objects_v2", **below)
            for each in page.get("Contents", ())
        }

    def read_tagged(self, path: Path, limit: int) -> tuple[bytes, str]:
        """The first `limit` bytes of a file, and its tag."""
        where = _where(path)
        try:
            answer = self.calls.call("get_object", **where, Range=f"bytes=0-{limit - 1}")
        except OutOfRange:
            answer = self.calls.call("get_object", **where)  # nothing is in it
        return answer["Body"], answer["ETag"]

    def put(self, path: Path, text: bytes, tag: str | None) -> str:
        """Put a file where nothing is, or in the place of the one with a tag; give its tag.

        Equal bytes count as put: it may have been this very request, whose answer was lost.

        Raises
        ------
        Refused
            If something else lies there.
        OSError
            If the store fails; what was put may be there or not.
        """
        condition = {"IfNoneMatch": "*"} if tag is None else {"IfMatch": tag}
        failure: OSError
        try:
            return str(self.calls.call("put_object", **_where(path), Body=text, **condition)["ETag"])
        except FileNotFoundError as error:
            failure = error if tag is None else Refused(errno.EEXIST, "somebody has removed it", str(path))
        except OSError as error:
            failure = error
        try:
            found, new = self.read_tagged(path, len(text) + 1)
            if found == text:
                return new
        except FileNotFoundError:
            pass
        except OSError as error:
            failure = error  # whether it was refused, or took effect before, is not known
        failure.__context__ = failure.__cause__ = None
        raise failure

    def is_put(self, path: Path, text: bytes, condition: Mapping[str, str]) -> bool:
        """Whether the store puts a file on a condition, tried once."""
        try:
            self.calls.call("put_object", **_where(path), Body=text, **condition)
        except Refused:
            return False
        return True

    def send(self, path: Path, pieces: Iterable[memoryview], n_bytes: int) -> None:
        """Put a file of any size where nothing is; see `put`.

        Parameters
        ----------
        path : Path
        pieces : iterable of memoryview
            Each is void when the next one is asked for.
        n_bytes : int
            How many they are about to be.
        """
        writer = _ObjectWriter(self, path, max(self._part_bytes, n_bytes // _MOST_PARTS + 1))
        try:
            for piece in pieces:
                writer.write(piece)
            writer.finish(0)
        finally:
            writer.close()

    def abort(self, upload: Mapping[str, str]) -> None:
        """Give up what is being sent in parts, as far as the store answers."""
        with contextlib.suppress(OSError):  # whoever clears the folder aborts it
            self.calls.call("abort_multipart_upload", **upload)

    def copy(self, source: Path, target: Path, *, size_bytes: int = 0) -> None:
        """Put a file's bytes at `target` too, in the place of whatever file was there.

        A file that is too large for the store to copy by itself is not there for a while.
        """
        if size_bytes <= self._most_copied:
            self.calls.call("copy_object", **_where(target), CopySource=_where(source))
            return
        self.remove(target)
        self.send(target, self.pieces(source), size_bytes)

    def old_versions(self, folder: Path) -> Iterator[tuple[str, str]]:
        """Keys and versions of files below a folder that are not what is read there now."""
        for page in self._pages("list_object_versions", **_below(folder)):
            kept = [each for each in page.get("Versions", ()) if not each["IsLatest"]]
            for each in (*kept, *page.get("DeleteMarkers", ())):
                yield each["Key"], each["VersionId"]

    def remove_version(self, folder: Path, key: str, version: str) -> None:
        """Remove one version of a file for good; `folder` tells the bucket."""
        self.calls.call("delete_object", Bucket=folder.parts[0], Key=key, VersionId=version)

    def tagged(self, path: Path) -> Tagged | None:
        """A file's size and tag, if there is one."""
        try:
            found = self.calls.call("head_object", **_where(path))
        except FileNotFoundError:
            return None
        return Tagged(found["ContentLength"], found["ETag"])

    def remove(self, path: Path, tag: str | None = None) -> None:
        """Remove a file, if it is there; one with another tag stays, if the store takes this condition."""
        where = _where(path)
        condition = {"IfMatch": tag} if tag is not None else {}
        with contextlib.suppress(FileNotFoundError, Refused):
            try:
                self.calls.call("delete_object", **where, **condition)
            except Unsupported:
                self.calls.call("delete_object", **where)

    def abort_uploads(self, folder: Path) -> int:
        """Abort whatever is being sent in parts below a folder; say how many."""
        uploads = [upload for found in self.uploads(folder).values() for upload in found]
        for upload in uploads:
            self.abort(upload)
        return len(uploads)

    def uploads(self, folder: Path) -> dict[str, list[dict[str, str]]]:
        """What is being sent in parts below a folder, by its path inside."""
        below = _below(folder)
        found: dict[str, list[dict[str, str]]] = {}
        for page in self._pages("list_multipart_uploads", **below):
            for each in page.get("Uploads", ()):
                upload = {"Bucket": below["Bucket"], "Key": each["Key"], "UploadId": each["UploadId"]}
                found.setdefault(each["Key"][len(below["Prefix"]) :], []).append(upload)
        return found

    def _pages(self, method: str, **words: Any) -> Iterator[Any]:
        """The pages of a listing."""
        page = self.calls.call(method, **words)
        yield page
        while page.get("IsTruncated"):
            following = {
                name: page[f"Next{name}"]
                for name in ("ContinuationToken", "KeyMarker", "UploadIdMarker", "VersionIdMarker")
                if page.get(f"Next{name}")
            }
            page = self.calls.call(method, **words, **following)
            yield page


class _ObjectWriter:
    """A file that is sent at once if it is small, else in parts while it is written."""

    def __init__(self, files: ObjectFiles, path: Path, part_bytes: int) -> None:
        self._files = files
        self._path = path
        self._part_bytes = part_bytes
        self._left = bytearray()
        self._upload: dict[str, str] | None = None
        self._sent: list[dict[str, Any]] = []
        self._digests = b""

    def write(self, piece: bytes | memoryview) -> None:
        self._left += piece
        while len(self._left) > self._part_bytes:
            self._send_part(bytes(self._left[: self._part_bytes]))
            del self._left[: self._part_bytes]

    def _send_part(self, part: bytes) -> None:
        where = _where(self._path)
        if self._upload is None:
            answer = self._files.calls.call("create_multipart_upload", **where)
            self._upload = {**where, "UploadId": answer["UploadId"]}
        number = len(self._sent) + 1
        answer = self._files.calls.call("upload_part", **self._upload, PartNumber=number, Body=part)
        self._sent.append({"PartNumber": number, "ETag": answer["ETag"]})
        self._digests += hashlib.md5(part, usedforsecurity=False).digest()

    def finish(self, seconds: int) -> None:
        if self._upload is None:
            self._files.put(self._path, bytes(self._left), None)
            return
        self._send_part(bytes(self._left))
        failure = None
        try:
            self._files.calls.call(
                "complete_multipart_upload",
                **self._upload,
                MultipartUpload={"Parts": self._sent},
                IfNoneMatch="*",
            )
        except OSError as error:
            failure = error
        if failure is None:
            self._upload = None
            return
        # It may have taken effect, and only the answer was lost.
        tag = f"{hashlib.md5(self._digests, usedforsecurity=False).hexdigest()}-{len(self._sent)}"
        found = self._files.tagged(self._path)
        if found is None or found.tag.strip('"') != tag:
            raise failure

    def close(self) -> None:
        if self._upload is not None:
            self._files.abort(self._upload)
            self._upload = None


def _where(path: Path) -> dict[str, str]:
    bucket, *key = path.parts
    return {"Bucket": bucket, "Key": "/".join(key)} if key else {"Bucket": bucket}


def _below(folder: Path) -> dict[str, str]:
    bucket, *key = folder.parts
    return {"Bucket": bucket, "Prefix": "".join(f"{part}/" for part in key)}


def _entry(name: str, size_bytes: int, changed: Any) -> Entry:
    return Entry(name, "file", size_bytes, int(changed.timestamp()) * 10**9)


def open_store() -> Files:
    """The object store that the environment names.

    Raises
    ------
    StoreError
        ``store.no-extra`` if the extra ``s3`` is not installed.
    """
    return ObjectFiles(Calls())
