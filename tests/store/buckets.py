"""A bucket in memory with S3's conditions, and requests to it that fail before or after they took effect."""

# The words of requests are written as S3 writes them.
# ruff: noqa: N803

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from botocore.exceptions import ClientError

from ppdarchive.store.objectstore.calls import Calls
from ppdarchive.store.objectstore.files import ObjectFiles

Fault = Literal["before", "after"] | BaseException | None
WHEN = datetime(2026, 3, 1, tzinfo=UTC)


class Crash(BaseException):
    """The machine is off."""


@dataclass
class Stored:
    """One version of a key's bytes; None where it was deleted."""

    version: str
    body: bytes | None
    tag: str = ""


@dataclass
class Bucket:
    """What several processes share."""

    is_versioned: bool = False
    page: int = 1000
    takes_conditions: bool = True
    clock: float = 1_700_000_000.0
    keys: dict[str, list[Stored]] = field(default_factory=dict)
    uploads: dict[str, tuple[str, dict[int, bytes]]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def copied(self) -> Bucket:
        """Another bucket that is the same."""
        keys = {key: list(versions) for key, versions in self.keys.items()}
        other = replace(self, keys=keys, uploads={}, lock=threading.RLock())
        other.numbers = itertools.count(next(self.numbers))
        return other

    def newest(self, key: str) -> Stored | None:
        """What is read at a key."""
        found = self.keys.get(key)
        return found[-1] if found and found[-1].body is not None else None

    def put(self, key: str, body: bytes, tag: str | None = None) -> Stored:
        """Put bytes at a key, whatever is there."""
        tag = f'"{tag or hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        stored = Stored(f"version{next(self.numbers)}", body, tag)
        before = self.keys.get(key, []) if self.is_versioned else []
        self.keys[key] = [*before, stored]
        return stored

    def delete(self, key: str, version: str | None) -> None:
        """Delete a key, or for good one version of it."""
        if version is not None:
            self.keys[key] = [each for each in self.keys.get(key, []) if each.version != version]
        elif self.is_versioned:
            self.keys.setdefault(key, []).append(Stored(f"version{next(self.numbers)}", None))
        else:
            self.keys.pop(key, None)
        if not self.keys.get(key):
            self.keys.pop(key, None)

    def tree(self) -> dict[str, bytes]:
        """All that can be read, by key."""
        found = {key: self.newest(key) for key in sorted(self.keys)}
        return {key: each.body for key, each in found.items() if each is not None and each.body is not None}


def never(_: int, __: str) -> Fault:
    """Let every request pass."""
    return None


class BucketCalls(Calls):
    """The requests of one process to a `Bucket`; `fault` is told of each, and says how it fails."""

    def __init__(self, bucket: Bucket, *, fault: Callable[[int, str], Fault] = never) -> None:
        super().__init__(wait=self._pass)
        self.bucket = bucket
        self.n_calls = 0
        self._fault = fault
        self._is_off = False

    def _pass(self, seconds: float) -> None:
        self.bucket.clock += seconds

    def send(self, method: str, words: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make one request."""
        if self._is_off:
            raise Crash
        with self.bucket.lock:
            number = self.n_calls
            self.n_calls += 1
            fault = self._fault(number, method)
            if isinstance(fault, Crash):
                self._is_off = True
            if fault == "before":
                raise ConnectionError
            if isinstance(fault, BaseException) and not (isinstance(fault, Crash) and fault.args):
                raise fault
            answer: Mapping[str, Any] = getattr(self, f"_{method}")(**words)
            if fault == "after":
                raise ConnectionError
            if isinstance(fault, BaseException):
                raise fault
            return answer

    def _need(self, method: str, key: str) -> Stored:
        stored = self.bucket.newest(key)
        if stored is None:
            raise refused(method, 404, "NoSuchKey")
        return stored

    def _check(self, method: str, key: str, if_match: str | None, if_none_match: str | None) -> None:
        if not self.bucket.takes_conditions:
            return
        if if_match is not None and self._need(method, key).tag != if_match:
            raise refused(method, 412, "PreconditionFailed")
        if if_none_match is not None and self.bucket.newest(key) is not None:
            raise refused(method, 412, "PreconditionFailed")

    def _head_object(self, Bucket: str, Key: str) -> Any:
        stored = self._need("HeadObject", Key)
        return {"ContentLength": len(stored.body or b""), "LastModified": WHEN, "ETag": stored.tag}

    def _get_object(self, Bucket: str, Key: str, Range: str = "", IfMatch: str | None = None) -> Any:
        stored = self._need("GetObject", Key)
        if IfMatch is not None and stored.tag != IfMatch:
            raise refused("GetObject", 412, "PreconditionFailed")
        body = stored.body or b""
        answer = {"Body": body, "ETag": stored.tag}
        if Range:
            start, end = map(int, Range.removeprefix("bytes=").split("-"))
            if start >= len(body):
                raise refused("GetObject", 416, "InvalidRange")
            answer["Body"] = body[start : end + 1]
            answer["ContentRange"] = f"bytes {start}-{end}/{len(body)}"
        return answer

    def _put_object(
        self,
        Bucket: str,
        Key: str,
        Body: bytes,
        IfMatch: str | None = None,
        IfNoneMatch: str | None = None,
    ) -> Any:
        self._check("PutObject", Key, IfMatch, IfNoneMatch)
        return {"ETag": self.bucket.put(Key, Body).tag}

    def _copy_object(self, Bucket: str, Key: str, CopySource: Mapping[str, str]) -> Any:
        self.bucket.put(Key, self._need("CopyObject", CopySource["Key"]).body or b"")
        return {}

    def _delete_object(
        self, Bucket: str, Key: str, IfMatch: str | None = None, VersionId: str | None = None
    ) -> Any:
        if IfMatch is not None:
            self._check("DeleteObject", Key, IfMatch, None)
        self.bucket.delete(Key, VersionId)
        return {}

    def _list_objects_v2(
        self,
        Bucket: str,
        Prefix: str = "",
        Delimiter: str = "",
        MaxKeys: int = 1000,
        ContinuationToken: str = "",
    ) -> Any:
        found: dict[str, Any] = {}
        for key in sorted(self.bucket.tree()):
            if key.startswith(Prefix):
                inside, slash, _ = key[len(Prefix) :].partition(Delimiter) if Delimiter else (key, "", "")
                found[f"{Prefix}{inside}{slash}" if slash else key] = bool(slash)
        names = [name for name in sorted(found) if name > ContinuationToken]
        page = names[: min(MaxKeys, self.bucket.page)]
        return {
            "KeyCount": len(page),
            "IsTruncated": len(page) < len(names),
            "NextContinuationToken": page[-1] if page else "",
            "Contents": [
                {"Key": name, "Size": len(stored.body or b""), "LastModified": WHEN, "ETag": stored.tag}
                for name in page
                if not found[name] and (stored := self.bucket.newest(name)) is not None
            ],
            "CommonPrefixes": [{"Prefix": name} for name in page if found[name]],
        }

    def _create_multipart_upload(self, Bucket: str, Key: str) -> Any:
        name = f"upload{next(self.bucket.numbers)}"
        self.bucket.uploads[name] = (Key, {})
        return {"UploadId": name}

    def _upload(self, method: str, name: str) -> dict[int, bytes]:
        if name not in self.bucket.uploads:
            raise refused(method, 404, "NoSuchUpload")
        return self.bucket.uploads[name][1]

    def _upload_part(self, Bucket: str, Key: str, UploadId: str, PartNumber: int, Body: bytes) -> Any:
        self._upload("UploadPart", UploadId)[PartNumber] = Body
        return {"ETag": hashlib.md5(Body, usedforsecurity=False).hexdigest()}

    def _complete_multipart_upload(
        self, Bucket: str, Key: str, UploadId: str, MultipartUpload: Any, IfNoneMatch: str | None = None
    ) -> Any:
        parts = self._upload("CompleteMultipartUpload", UploadId)
        self._check("CompleteMultipartUpload", Key, None, IfNoneMatch)
        whole = hashlib.md5(usedforsecurity=False)
        for number in sorted(parts):
            whole.update(hashlib.md5(parts[number], usedforsecurity=False).digest())
        del self.bucket.uploads[UploadId]
        body = b"".join(parts[number] for number in sorted(parts))
        return {"ETag": self.bucket.put(Key, body, f"{whole.hexdigest()}-{len(parts)}").tag}

    def _abort_multipart_upload(self, Bucket: str, Key: str, UploadId: str) -> Any:
        self._upload("AbortMultipartUpload", UploadId)
        del self.bucket.uploads[UploadId]
        return {}

    def _list_multipart_uploads(self, Bucket: str, Prefix: str = "") -> Any:
        found = [(key, name) for name, (key, _) in self.bucket.uploads.items() if key.startswith(Prefix)]
        return {"Uploads": [{"Key": key, "UploadId": name} for key, name in found]}

    def _get_bucket_versioning(self, Bucket: str) -> Any:
        return {"Status": "Enabled"} if self.bucket.is_versioned else {}

    def _list_object_versions(self, Bucket: str, Prefix: str = "") -> Any:
        every = [
            (key, each, each is versions[-1])
            for key, versions in sorted(self.bucket.keys.items())
            if key.startswith(Prefix)
            for each in versions
        ]
        return {
            "Versions": [
                {"Key": key, "VersionId": each.version, "IsLatest": is_latest, "ETag": each.tag}
                for key, each, is_latest in every
                if each.body is not None
            ],
            "DeleteMarkers": [
                {"Key": key, "VersionId": each.version, "IsLatest": is_latest}
                for key, each, is_latest in every
                if each.body is None
            ],
        }


def refused(method: str, status: int, code: str) -> ClientError:
    """What a store answers that does not do what it was asked for."""
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, method)


class BucketFiles(ObjectFiles):
    """Files in a `Bucket`, with its clock."""

    def __init__(
        self,
        bucket: Bucket,
        *,
        fault: Callable[[int, str], Fault] = never,
        part_bytes: int = 5000,
        most_copied: int = 2**30,
    ) -> None:
        self.bucket_calls = BucketCalls(bucket, fault=fault)
        self.n_threads = 1
        super().__init__(self.bucket_calls, part_bytes=part_bytes, most_copied=most_copied)

    def now(self) -> float:
        """Seconds since 1970."""
        return self.bucket_calls.bucket.clock

    def wait(self, seconds: float) -> None:
        """Let time pass, and others work."""
        self.bucket_calls.bucket.clock += seconds
