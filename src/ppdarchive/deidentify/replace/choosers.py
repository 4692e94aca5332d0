"""The methods of replacing by the names that study.toml gives them."""

from __future__ import annotations

from typing import Literal

from ppdarchive.deidentify.replace.general import General, Standard
from ppdarchive.deidentify.replace.mentions import Chooser, Within
from ppdarchive.deidentify.replace.surrogates import Surrogates
from ppdarchive.deidentify.replace.tags import Numbered, masks, tags
from ppdarchive.detectors.protocol import Detector

Method = Literal["tag", "numbered", "surrogate", "general", "mask"]
"""The ways of replacing: ``[NAME]``, ``[NAME-7]``, ``Karen``, ``[someone]``, ``█████``."""


def chooser(
    method: Method,
    *,
    secret: bytes = b"",
    within: Within = "participant",
    standard: Standard = "safe-harbor",
    known: Detector | None = None,
) -> Chooser:
    """The chooser of a method.

    Parameters
    ----------
    method : {"tag", "numbered", "surrogate", "general", "mask"}
    secret : bytes
        What numbers and surrogates are drawn from; only the register has it.
    within : {"participant", "study"}
        For numbers and surrogates.
    standard : {"safe-harbor", "expert-determination", "limited-data-set"}
        For general words: what they may still tell.
    known : Detector, optional
        Finds what no surrogate may be: the study's known identifiers.

    Raises
    ------
    ValueError
        If numbers or surrogates are asked for without a secret.
    """
    match method:
        case "tag":
            return tags
        case "mask":
            return masks
        case "general":
            return General(standard)
        case "numbered":
            return Numbered(secret, within)
        case "surrogate":
            return Surrogates(secret, within=within, known=known)
