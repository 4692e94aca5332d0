"""delta-presence: how likely someone of a known population takes part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ppdarchive.risk.classes import Codes, Numbers, classes_of
from ppdarchive.risk.measures import Sizes


def shared_sizes(sample: Sequence[Codes], population: Sequence[Codes]) -> tuple[Numbers, Numbers]:
    """Count participants and people of the population in each class that either has.

    Parameters
    ----------
    sample : sequence of ndarray of integers, each of shape (n_participants,)
    population : sequence of ndarray of integers, each of shape (n_people,)
        The same fields in the same codes; participants are among the people.

    Returns
    -------
    sizes, population : ndarrays of int64, shape (n_classes,)
        A class that has people and no participants counts as well.

    Raises
    ------
    ValueError
        If the two have not the same number of columns, or none.
    """
    both = [np.concatenate(pair) for pair in zip(sample, population, strict=True)]
    classes = classes_of(both)
    n_participants = len(sample[0])
    return (
        np.bincount(classes.of[:n_participants], minlength=len(classes.sizes)),
        np.bincount(classes.of[n_participants:], minlength=len(classes.sizes)),
    )


def presence(sizes: Sizes, population: Sizes) -> tuple[float, float]:
    """The lowest and the highest probability that a person of the population takes part.

    Parameters
    ----------
    sizes, population : ndarrays of integers, shape (n_classes,)
        Participants and people of each class, as `shared_sizes` counts them.

    Returns
    -------
    tuple of float
        A release is (lowest, highest)-present; (0, 0) without population.

    Raises
    ------
    ValueError
        If a class has more participants than people.

    References
    ----------
    Nergiz, Atzori and Clifton (2007), Hiding the presence of individuals from shared databases,
    doi:10.1145/1247480.1247554.

    Examples
    --------
    >>> presence(np.array([0, 1, 2]), np.array([3, 4, 2]))
    (0.0, 1.0)
    """
    if (population < sizes).any():
        raise ValueError("a class has more participants than people")
    some = population > 0
    if not some.any():
        return 0.0, 0.0
    shares = sizes[some] / population[some]
    return float(shares.min()), float(shares.max())
