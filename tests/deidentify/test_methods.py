"""The catalogue of treatments and the treatments themselves belong together."""

from __future__ import annotations

from ppdarchive.deidentify.treatments import METHODS
from ppdarchive.model.treatment import TREATMENTS


def test_every_treatment_of_the_catalogue_is_there() -> None:
    """What a schema may declare can be done, and nothing else."""
    assert set(METHODS) == set(TREATMENTS)
