"""Mathet's gamma by another package, `pygamma-agreement`: a second look at unitizing; an extra.

Gamma pairs the coders' segments up so that places and codes differ least, and compares what is left of
difference to that of shuffled codings. Unlike u-alpha it takes overlapping segments of different codes as
they are. It is slow, knows no coder who did not see a text, and what chance would do is sampled: a check
on small studies beside u-alpha, not instead of it.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import Any, Final, Literal

import numpy as np

from ppdarchive.agreement.coded import Coded, Coefficient
from ppdarchive.agreement.continuum import Continuum, end_to_end
from ppdarchive.errors import CodingError

FEW_CODERS: Final = "fewer than two coders"
NO_COMPLETE: Final = "no response was seen by every coder"
NOT_CODED: Final = "nothing is coded"
TOO_MANY: Final = "more segments than gamma can align"
NO_CHANCE: Final = "no variation: shuffled codings do not differ either"

PLACE_WEIGHT: Final = 3.0
CODE_WEIGHT: Final = 1.0
"""How much a difference of places and of codes counts (alpha and beta), as in the source's experiments."""

_LIBRARY: Final = "pygamma-agreement"


def gamma(
    coded: Coded,
    *,
    seed: int,
    kind: Literal["gamma", "gamma-cat"] = "gamma",
    precision: float = 0.05,
    most_segments: int = 300,
    fast: bool = False,
) -> Coefficient:
    """Compute gamma, or gamma-cat, over the responses that every coder saw.

    Parameters
    ----------
    coded : Coded
        Segments of one coder and one code that overlap are united; touching ones stay two. A coder who
        marked nothing takes part.
    seed : int
        The same seed shuffles in the same way. numpy's global generator, which the package uses, is put
        back as it was.
    kind : {"gamma", "gamma-cat"}
        ``gamma``: places and codes. ``gamma-cat``: codes, of segments that were paired up.
    precision : float
        Shuffled codings are added until the expected difference is known to this share of it, at 95 %.
    most_segments : int
        With more segments it is undefined: the time grows with their number to the power of the coders.
        300 of two coders take seconds, of four minutes.
    fast : bool
        Pair segments up in one stretch of the continuum after another, where that saves time: a little
        less exact, and the way to thousands of segments.

    Returns
    -------
    Coefficient
        Without an interval: `precision` is one of sampling, not of participants.

    Raises
    ------
    CodingError
        If the package is not installed.

    Notes
    -----
    Responses lie end to end with so much room between them that segments of two responses are never
    paired up: leaving one out costs less. With four coders or fewer that takes no room at all.

    References
    ----------
    Mathet, Widlöcher & Métivier (2015), The Unified and Holistic Method Gamma, doi:10.1162/COLI_a_00227;
    Mathet (2017), The Agreement Measure gamma-cat, doi:10.1162/COLI_a_00296; Titeux & Riad (2021),
    pygamma-agreement, doi:10.21105/joss.02989
    """
    library = _library()
    complete = replace(coded, rated=coded.rated & coded.rated.all(axis=1, keepdims=True))
    continuum = end_to_end(complete)
    reason = _why_not(continuum, most_segments)
    if reason:
        return Coefficient(None, n_units=continuum.n_responses, reason=reason)
    dissimilarity = library.CombinedCategoricalDissimilarity(
        alpha=PLACE_WEIGHT, beta=CODE_WEIGHT, delta_empty=1.0
    )
    with _seeded(seed), _quietly():
        results = _with_room(library, continuum).compute_gamma(
            dissimilarity, fast=fast, sampler=library.ShuffleContinuumSampler(), precision_level=precision
        )
        if results.observed_disorder and not results.expected_disorder:
            return Coefficient(None, n_units=continuum.n_responses, reason=NO_CHANCE)
        value = results.gamma if kind == "gamma" else results.gamma_cat
    return Coefficient(float(value), n_units=continuum.n_responses)


def _why_not(continuum: Continuum, most_segments: int) -> str:
    if continuum.n_coders < 2:
        return FEW_CODERS
    if not continuum.n_responses:
        return NO_COMPLETE
    if not len(continuum.marked.start):
        return NOT_CODED
    return TOO_MANY if len(continuum.marked.start) > most_segments else ""


def _with_room(library: ModuleType, continuum: Continuum) -> Any:
    """The package's own continuum, without a name in it: numbers stand for coders and codes."""
    segment = import_module("pyannote.core").Segment
    marked = continuum.marked
    # Segments of two responses differ in place by (1 + 2 room / their lengths) squared at least. Pairing
    # one up costs more than leaving it out if that, weighted, is above 1 + half the number of coders.
    stretch = math.sqrt(max((1 + continuum.n_coders / 2) / PLACE_WEIGHT, 1)) - 1
    room = math.ceil(stretch * int(marked.length.max()))
    shift = continuum.responses_at(marked.start) * room
    theirs = library.Continuum()
    for coder in range(continuum.n_coders):
        theirs.add_annotator(f"{coder:06}")
    columns = (marked.coder, marked.value, marked.start + shift, marked.end + shift)
    for coder, code, start, end in zip(*(column.tolist() for column in columns), strict=True):
        theirs.add(f"{coder:06}", segment(float(start), float(end)), f"{code:06}")
    theirs.bound_sup = float(continuum.length + (continuum.n_responses - 1) * room)
    return theirs


def _library() -> ModuleType:
    try:
        return import_module("pygamma_agreement")
    except ImportError:
        pass
    raise CodingError("coding.not-installed", name="gamma", what=_LIBRARY)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    before = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(before)


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep the package's advice about solvers out of the log, and its solver from writing to the terminal.

    The solver is told to be silent at each call, but by a global that threads take from each other.
    """

    def is_other(record: logging.LogRecord) -> bool:
        return "pygamma_agreement" not in record.pathname

    options = import_module("cvxopt.glpk").options
    before = dict(options)
    options["msg_lev"] = "GLP_MSG_OFF"
    root = logging.getLogger()
    root.addFilter(is_other)
    try:
        yield
    finally:
        root.removeFilter(is_other)
        options.clear()
        options.update(before)
