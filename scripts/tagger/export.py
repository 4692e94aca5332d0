"""The student's weights as the arrays that `ppdarchive.detectors.tagger.network` reads."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scripts.tagger.network import Student

from ppdarchive.detectors.tagger.features import N_GRAMS


def export(student: Student, folder: Path) -> None:
    """Write `grams.npy` (eight bits) and `weights.npz`; the vectors are there."""
    state = {name: value.detach().numpy() for name, value in student.state_dict().items()}
    grams = state["grams.weight"]
    scale = np.abs(grams).max(0) / 127
    np.save(folder / "grams.npy", np.round(grams / scale).astype(np.int8))
    form = state["form.weight"].T
    n_vector, n_gram = state["vectors.weight"].shape[1], N_GRAMS * grams.shape[1]
    parts = np.split(
        form, np.cumsum([n_vector, n_gram, state["cases.weight"].shape[1], state["lengths.weight"].shape[1]])
    )
    width = form.shape[1]
    hidden = state["second.weight"].shape[0]
    last = state["last.weight"].T
    small = {
        "unknown": state["unknown"],
        "gram_scale": scale,
        "cases": state["cases.weight"],
        "lengths": state["lengths.weight"],
        **dict(
            zip(("form_vector", "form_gram", "form_case", "form_length", "form_lexicon"), parts, strict=True)
        ),
        "form_bias": state["form.bias"],
        "first": state["first.weight"].T.reshape(-1, width, hidden),
        # The first layer's bias is that of the position: there is one at each token.
        "positions": state["positions.weight"] + state["first.bias"],
        "phrases": state["phrases.weight"].T,
        "second": state["second.weight"].T.reshape(-1, hidden, hidden),
        "second_bias": state["second.bias"],
        "last_hidden": last[:hidden],
        "last_form": last[hidden:],
        "last_bias": state["last.bias"],
        "gate": state["gate.weight"][0],
        "gate_bias": state["gate.bias"],
        "steps": state["steps"],
        "start": state["start"],
        "end": state["end"],
    }
    arrays: dict[str, npt.NDArray[np.float32]] = {
        name: np.ascontiguousarray(value, np.float32) for name, value in small.items()
    }
    write(folder / "weights.npz", arrays)


def write(path: Path, arrays: dict[str, npt.NDArray[np.float32]]) -> None:
    """Write arrays with no clock in the file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        for name in sorted(arrays):
            buffer = io.BytesIO()
            np.save(buffer, arrays[name])
            file.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), buffer.getvalue())
