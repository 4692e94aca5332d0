"""`ppdarchive key`: a signer's keys, and the set of keys that a reader trusts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from ppdarchive.archive.keys import PUBLIC_SUFFIX, new_key, read_secret_key, revoke, trust
from ppdarchive.archive.verifying_signatures import read_trusted
from ppdarchive.cli import render
from ppdarchive.cli.terminal import AsJson, example, show, show_json
from ppdarchive.errors import UsageError
from ppdarchive.store.files import told
from ppdarchive.store.minisign import SecretKey, key_name
from ppdarchive.store.trust import KeySet, KnownKey

PasswordFile = Annotated[
    Path | None,
    typer.Option(help="A file whose first line opens the secret key.", show_default=False),
]
KeySetFile = Annotated[
    Path, typer.Argument(metavar="SET", help="The file of the keys that you trust.", show_default=False)
]
_MAX_PASSWORD_BYTES: Final = 4096

app = typer.Typer(
    name="key",
    help="Make keys to sign releases with, and keep the set of keys that you trust.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    epilog=example("ppdarchive key new lab.key", "ppdarchive key trust keys.json lab.key.pub"),
)


@app.command(epilog=example("ppdarchive key new lab.key"))
def new(
    key: Annotated[
        Path, typer.Argument(metavar="KEY", help="The secret key's new file.", show_default=False)
    ],
    *,
    password_file: PasswordFile = None,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="Whoever has the file can sign, without a password.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a key: the secret one for signing, and the public one beside it, KEY.pub, for readers.

    The files are minisign's, and minisign reads them.
    """
    if no_password and password_file is not None:
        raise UsageError("usage.value", reason="--no-password and --password-file exclude each other")
    password = None if no_password else _password(password_file, is_new=True)
    public = new_key(key, password=password)
    public_path = f"{key}{PUBLIC_SUFFIX}"
    if as_json:
        show_json({"key": public.name, "secret": str(key), "public": public_path})
        return
    typer.echo(f"wrote {key}: keep it to yourself, and a copy where it cannot be lost")
    typer.echo(f"wrote {public_path}: give it to whoever verifies; key {public.name}")


@app.command("show", epilog=example("ppdarchive key show keys.json", "ppdarchive key show lab.key.pub"))
def show_keys(keys: KeySetFile, *, as_json: AsJson = False) -> None:
    """Say which keys a set holds, and what each is worth."""
    _show(read_trusted(keys), as_json=as_json)


@app.command(
    "trust",
    epilog=example(
        "ppdarchive key trust keys.json lab.key.pub",
        "ppdarchive key trust keys.json new.key.pub --by lab.key",
        "ppdarchive key trust my-keys.json their-keys.json",
    ),
)
def trust_key(
    keys: KeySetFile,
    added: Annotated[
        Path,
        typer.Argument(
            metavar="KEY.pub", help="A public key, or another set to learn from.", show_default=False
        ),
    ],
    *,
    by: Annotated[
        Path | None,
        typer.Option(
            metavar="KEY", help="An earlier secret key, which names it its successor.", show_default=False
        ),
    ] = None,
    password_file: PasswordFile = None,
    as_json: AsJson = False,
) -> None:
    """Trust a key; with --by, as the successor of a key that readers trust already.

    Of another set only successors are learned: whom you trust in themselves you say yourself.
    """
    secret = secret_key(by, password_file) if by is not None else None
    _show(trust(keys, added, by=secret), as_json=as_json)


@app.command("revoke", epilog=example('ppdarchive key revoke keys.json 0F1E2D3C4B5A6978 --reason "lost"'))
def revoke_key(
    keys: KeySetFile,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The key's name, 16 digits.", show_default=False)
    ],
    *,
    reason: Annotated[str, typer.Option(help="Why, in words.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Trust a key no more, nor whom only it has named its successor."""
    if not reason.strip() or not reason.isprintable():
        raise UsageError("usage.value", reason="--reason is a line of words")
    _show(revoke(keys, name, reason=reason), as_json=as_json)


def secret_key(path: Path, password_file: Path | None) -> SecretKey:
    """Read a secret key; its password comes from a file or is asked for, never from a command line."""
    return read_secret_key(path, partial(_password, password_file, is_new=False))


def _password(path: Path | None, *, is_new: bool) -> bytes:
    if path is not None:
        with told(path, "store.not-readable"), path.open("rb") as file:
            lines = file.read(_MAX_PASSWORD_BYTES).splitlines()
        if not lines or not lines[0]:
            raise UsageError("usage.value", reason="the first line of --password-file is empty")
        return lines[0]
    if not sys.stdin.isatty():
        raise UsageError("usage.value", reason="the key has a password: give --password-file")
    word: str = typer.prompt("Password", hide_input=True, confirmation_prompt=is_new, err=True)
    return word.encode()


def _show(keys: KeySet, *, as_json: bool) -> None:
    if as_json:
        show_json({"keys": [_json(keys, each) for each in keys.known]})
    else:
        show(_lines(keys))


def _lines(keys: KeySet) -> Iterator[Text]:
    for each in keys.known:
        words = f"{each.key.name}: {keys.standing(each.key)}"
        if each.revoked is not None:
            words += f", since: {each.revoked}"
        elif each.is_root:
            words += " in itself"
        elif each.endorsements:
            by = ", ".join(sorted({key_name(one.key_id) for one in each.endorsements}))
            words += f", named a successor by {by}"
        yield from render.wrapped(words, indent=2)
    if not keys.known:
        yield Text("no keys")


def _json(keys: KeySet, known: KnownKey) -> dict[str, object]:
    return {
        "key": known.key.name,
        "standing": keys.standing(known.key),
        "root": known.is_root,
        "endorsed_by": sorted({key_name(one.key_id) for one in known.endorsements}),
        "revoked": known.revoked,
    }
