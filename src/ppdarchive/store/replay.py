"""The inventories of an object some of whose versions have other content than they had; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ppdarchive.store.inventory import CONTENT, Inventory

State = Mapping[str, str]
"""Logical path -> lower-case SHA-512."""


def replayed(before: Inventory, states: Mapping[int, State]) -> Iterator[Inventory]:
    """The inventory as each version made it, the first first, with other content in some versions.

    When a version was made, by whom and with which words stays. A version that stored no byte again
    stores none again. Nothing that only replaced content had is in any of them: the digest of what was
    removed would tell whoever guesses it that the guess is right.

    Parameters
    ----------
    before : Inventory
    states : mapping of int to mapping of str to str
        By the number of each version that gets other content.

    Yields
    ------
    Inventory
        With one version more than the last.
    """
    n_stored = Counter(path.partition("/")[0] for paths in before.manifest.values() for path in paths)
    now = Inventory(before.id, (), {})
    for number, version in enumerate(before.versions, start=1):
        now = now.next(
            states.get(number, version.state),
            created=version.created,
            message=version.message,
            user=version.user,
            dedupe=n_stored[f"v{number}"] < len(version.state),
        )
        yield now


def stored(inventory: Inventory) -> dict[int, list[str]]:
    """The logical paths of each version whose bytes lie in its own folder, sorted."""
    found: dict[int, list[str]] = {number: [] for number in range(1, inventory.head + 1)}
    for paths in inventory.manifest.values():
        for path in paths:
            name, _, inside = path.partition(f"/{CONTENT}/")
            found[int(name[1:])].append(inside)
    return {number: sorted(paths) for number, paths in found.items()}
