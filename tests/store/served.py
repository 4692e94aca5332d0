"""An object store on this machine, reached over HTTP, whose requests take effect one after the other."""

from __future__ import annotations

import importlib
import os
import threading
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from werkzeug.serving import WSGIRequestHandler, make_server

from ppdarchive.store.objectstore import ObjectFiles
from ppdarchive.store.objectstore.calls import Calls


class _Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@dataclass
class Served:
    """The server's address, and how it answers the next requests: None is as it should."""

    address: str
    answers: list[tuple[str, int] | None] = field(default_factory=list)


@contextmanager
def served_store() -> Iterator[Served]:
    """A server of moto's, which the environment names meanwhile."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        moto = importlib.import_module("moto.moto_server.werkzeug_app")
        application = moto.DomainDispatcherApplication(moto.create_backend_app)
    one_at_a_time = threading.Lock()

    def answer(environ: Any, start: Any) -> Iterable[bytes]:
        # moto looks whether a condition holds and puts the bytes in two steps; a store does both in one.
        with one_at_a_time, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fault = store.answers.pop(0) if store.answers else None
            if fault is None:
                return list(application(environ, start))
            if fault[0] == "after":
                list(application(environ, lambda *_: None))
            elif environ.get("CONTENT_LENGTH"):
                environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            start(f"{fault[1]} Failed", [("Content-Length", "0")])
            return []

    server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=_Silent)
    store = Served(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    words = {
        "AWS_ENDPOINT_URL": store.address,
        "AWS_ACCESS_KEY_ID": "an-access-key-of-tests",
        "AWS_SECRET_ACCESS_KEY": "a-secret-key-of-tests",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    try:
        with mock.patch.dict(os.environ, words):
            yield store
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def make_bucket(name: str, *, is_versioned: bool = False) -> Path:
    """Make a bucket in the served store."""
    calls = Calls()
    calls.call("create_bucket", Bucket=name)
    if is_versioned:
        calls.call("put_bucket_versioning", Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return Path(name)


def downloaded(files: ObjectFiles, folder: Path, target: Path) -> Path:
    """Write all files below a folder of a store to a disk."""
    for path in files.tree(folder):
        place = target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"".join(bytes(piece) for piece in files.pieces(folder / path)))
    return target
