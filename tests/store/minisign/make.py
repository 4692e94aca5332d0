"""Makes the files beside it with two other implementations: keys and signatures to read in tests.

Needs the program `minisign` (0.11 was used) and the package `py-minisign` (0.21.1); run it by hand:
``python tests/store/minisign/make.py``. Every key here is a test key: it was published, so it is worth
nothing. The password of the locked ones is "test".
"""

from __future__ import annotations

import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PASSWORD = "test"
INVENTORY = b'{\n  "id": "trial~public",\n  "head": "v1"\n}\n'


def run(*words: str) -> None:
    """Run minisign; it asks for a password twice where it makes a locked key."""
    subprocess.run(["minisign", *words], input=f"{PASSWORD}\n{PASSWORD}\n", text=True, check=True, cwd=FOLDER)


def with_the_program() -> None:
    """An open and a locked key of minisign's own, a signature by each, and one of the old kind."""
    for name, open_key in (("open", ["-W"]), ("locked", [])):
        run("-G", *open_key, "-f", "-p", f"{name}.pub", "-s", f"{name}.key", "-c", f"TEST KEY, {name}")
        run("-S", "-m", "inventory.json", "-s", f"{name}.key", "-x", f"{name}.minisig", "-t", "from minisign")
    run("-S", "-l", "-m", "inventory.json", "-s", "open.key", "-x", "legacy.minisig", "-t", "the old kind")


def with_the_package() -> None:
    """A key that py-minisign locked at a low price, and its signature."""
    other: Any = import_module("minisign")
    pair = other.KeyPair.generate()
    (FOLDER / "package.pub").write_bytes(bytes(pair.public_key) + b"\n")
    signature = pair.secret_key.sign(INVENTORY, trusted_comment="from py-minisign")
    (FOLDER / "package.minisig").write_bytes(bytes(signature) + b"\n")
    pair.secret_key.encrypt(PASSWORD)
    pair.secret_key.untrusted_comment = "TEST KEY, package"
    (FOLDER / "package.key").write_bytes(bytes(pair.secret_key) + b"\n")


if __name__ == "__main__":
    (FOLDER / "inventory.json").write_bytes(INVENTORY)
    with_the_program()
    with_the_package()
