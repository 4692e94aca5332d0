"""Requests to an S3-compatible object store: repeated while a failure may pass, and told in our words.

The libraries are an extra and load when the first request is made. What they raise can hold a key, a
header or a document of the store: none of it leaves this module but the code of the failure.

References
----------
Amazon S3 API Reference, "Error responses",
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
Amazon S3 User Guide, "Add preconditions to S3 operations with conditional requests",
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
"""

from __future__ import annotations

import errno
import importlib
import random
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from ppdarchive.errors import StoreError

Answer = Mapping[str, Any]

_MODULES: Final = ("fsspec.asyn", "s3fs", "aiohttp", "botocore.exceptions")
_TRIES: Final = 6
_TRIES_TO_REMOVE: Final = 2
"""So few that it is given up before the half of a lock's lease, which is left when it begins, is over."""
_FIRST_PAUSE_SECONDS: Final = 0.2
_LONGEST_PAUSE_SECONDS: Final = 10.0
_CONNECT_SECONDS: Final = 8
_ANSWER_SECONDS: Final = 20

_CODE: Final = re.compile("[A-Za-z0-9.]{1,60}")
_PASSING: Final = frozenset(
    ("ConditionalRequestConflict", "OperationAborted", "RequestTimeout", "SlowDown", "Throttling")
)
_PASSING_STATUS: Final = frozenset((429, 500, 502, 503, 504))


class Refused(FileExistsError):
    """A condition did not hold: something else lies there than was expected."""


class Unsupported(OSError):
    """The store does not know what it was asked for."""


class OutOfRange(OSError):
    """A part of a file was asked for that it has not; any part of a file without bytes."""


class Calls:
    """The requests of one process.

    Parameters
    ----------
    wait : callable, optional
        Takes seconds.
    """

    def __init__(self, *, wait: Callable[[float], None] = time.sleep) -> None:
        self._asyn, self._s3fs, self._http, self._boto = _libraries()
        self._wait = wait
        self._is_anonymous = False
        self._client: Any = None

    def _opened(self) -> Any:
        client = self._s3fs.S3FileSystem(
            anon=self._is_anonymous,
            use_listings_cache=False,
            skip_instance_cache=True,
            config_kwargs={
                "retries": {"total_max_attempts": 1},
                "connect_timeout": _CONNECT_SECONDS,
                "read_timeout": _ANSWER_SECONDS,
            },
        )
        client.retries = 1  # here it is repeated, and counted
        return client

    def call(self, method: str, **words: Any) -> Answer:
        """Make one request, again while its failure may pass; a ``Body`` that comes back is read.

        Raises
        ------
        FileNotFoundError
            If there is no such key, bucket or upload.
        Refused
            If a condition did not hold; it may have been an earlier try of the same request that
            took effect, and whose answer was lost.
        OSError
            Anything else. The request may have taken effect or not.
        """
        n_tries = 1
        most = _TRIES_TO_REMOVE if method == "delete_object" else _TRIES
        while True:
            answer, problem, may_pass = self._try(method, words)
            if problem is None:
                return answer
            if not may_pass or n_tries == most:
                problem.filename = "/".join(words[each] for each in ("Bucket", "Key") if each in words)
                raise problem
            longest = min(_FIRST_PAUSE_SECONDS * 2**n_tries, _LONGEST_PAUSE_SECONDS)
            self._wait(longest * (0.5 + random.random() / 2))
            n_tries += 1

    def _try(self, method: str, words: Answer) -> tuple[Answer, OSError | None, bool]:
        """The answer, or what to raise and whether another try may do better."""
        failure: Exception | None = None
        try:
            return self.send(method, words), None, False
        except self._boto.NoCredentialsError:
            pass
        except (OSError, self._boto.BotoCoreError, self._boto.ClientError, self._http.ClientError) as error:
            failure = error
        if failure is None:
            # Archives that are open to all need no credentials.
            was_anonymous, self._is_anonymous, self._client = self._is_anonymous, True, None
            return {}, PermissionError(errno.EACCES, "no credentials"), not was_anonymous
        return {}, *_told(failure)

    def send(self, method: str, words: Mapping[str, Any]) -> Answer:
        """Make one request once; tests fail here."""
        client = self._client = self._client or self._opened()
        answer: dict[str, Any] = dict(client.call_s3(method, **words))
        if "Body" in answer:
            body = answer["Body"]
            try:
                answer["Body"] = self._asyn.sync(client.loop, body.read, timeout=10 * _ANSWER_SECONDS)
            finally:
                body.close()
        return answer


def _libraries() -> list[Any]:
    missing = ""
    try:
        return [importlib.import_module(name) for name in _MODULES]
    except ImportError as error:
        missing = error.name or "s3fs"
    raise StoreError("store.no-extra", what=missing)


def _told(failure: Exception) -> tuple[OSError, bool]:
    """What to raise in the place of a library's exception, and whether the failure may pass."""
    cause = failure if hasattr(failure, "response") else failure.__cause__
    response = getattr(cause, "response", None)
    if not isinstance(response, Mapping):
        return OSError(errno.EIO, "the object store does not answer"), True
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    found = str(response.get("Error", {}).get("Code", ""))
    code = found if _CODE.fullmatch(found) else "unknown"
    if code in _PASSING or status in _PASSING_STATUS:
        return OSError(errno.EIO, f"the object store says {code}"), True
    if status == 412 or code == "PreconditionFailed":
        return Refused(errno.EEXIST, "somebody else was first"), False
    if status == 404 or code in ("NoSuchKey", "NoSuchBucket", "NoSuchUpload"):
        words = "there is no such bucket" if code == "NoSuchBucket" else "there is nothing"
        return FileNotFoundError(errno.ENOENT, words), False
    if status == 416:
        return OutOfRange(errno.EINVAL, "the file is shorter"), False
    if status == 501 or code == "NotImplemented":
        return Unsupported(errno.ENOTSUP, f"the object store says {code}"), False
    if status in (401, 403):
        return PermissionError(errno.EACCES, f"the object store says {code}"), False
    return OSError(errno.EINVAL, f"the object store says {code}"), False
