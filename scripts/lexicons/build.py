"""Build the lexicons' data files from pinned packages and the hand-written lists.

python scripts/lexicons/build.py --how              # how to download the packages
python scripts/lexicons/build.py DOWNLOADS          # write the data files and the page
    python scripts/lexicons/build.py --page             # write the page only
"""

from __future__ import annotations

import argparse
from pathlib import Path

from facts import read_facts
from packages import pinned
from page import page
from tables import build

ROOT = Path(__file__).parents[2]
DATA = ROOT / "src/ppdarchive/detectors/lexicon/data"
PAGE = ROOT / "docs/reference/lexicons.md"


def main() -> None:
    """Read the packages and write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("downloads", type=Path, nargs="?", help="the folder with the downloaded packages")
    parser.add_argument("--how", action="store_true", help="print the commands that download the packages")
    parser.add_argument("--page", action="store_true", help="write the reference page only")
    arguments = parser.parse_args()
    packages = pinned()
    if arguments.page:
        PAGE.write_text(page(), encoding="utf-8")
        return
    if arguments.how or arguments.downloads is None:
        print("\n".join(package.command for package in packages.values()))
        return
    files = build(read_facts(arguments.downloads, packages))
    for path, content in files.items():
        target = DATA / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
