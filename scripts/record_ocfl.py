"""Record what ocfl-py says of the made objects; a test asks it again.

python scripts/record_ocfl.py > tests/store/ocfl_py.json
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from ocfl.storage_root import StorageRoot
from ocfl.validator import Validator

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "store"))
from made import CASES, N_DRAWN, drawn


def judged(folder: Path, *, is_root: bool) -> dict[str, object]:
    """What ocfl-py says of an object or a storage root: its codes, or what it breaks with."""
    validator = Validator(log_warnings=True)
    try:
        if not is_root:
            return {"valid": validator.validate_object(str(folder)), "codes": sorted(validator.log.codes)}
        root = StorageRoot(root=str(folder))
        valid = root.validate(log_warnings=True)
        codes = set(root.log.codes)
        for _, messages in getattr(root, "errors", []):
            codes |= {
                part.split("]")[0] for part in messages.replace("]][", "]] [").split(" [")[1:] if "]" in part
            }
        valid = valid and root.good_objects == root.num_objects
        return {"valid": valid, "codes": sorted(codes)}
    except Exception as error:  # it meets objects that it was not made for
        return {"valid": False, "codes": [], "breaks": type(error).__name__}


if __name__ == "__main__":
    found = {}
    for name, case in sorted(CASES.items()):
        with tempfile.TemporaryDirectory() as folder:
            found[name] = judged(case.make().write(Path(folder) / "made"), is_root=case.is_root)
    valid = []
    for seed in range(int(sys.argv[1]) if sys.argv[1:] else N_DRAWN):
        with tempfile.TemporaryDirectory() as folder:
            valid.append(judged(drawn(seed).write(Path(folder) / "made"), is_root=False)["valid"])
    found["drawn"] = {"valid": valid}
    json.dump(found, sys.stdout, indent=1)
    print()
