"""The documentation is complete, fresh, and hangs together."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import ppdarchive
from ppdarchive.errors import PROBLEMS
from ppdarchive.model.finding import RuleKind
from ppdarchive.model.treatment import TREATMENTS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def page(name: str) -> str:
    """The text of a page."""
    return (DOCS / name).read_text("utf-8")


def test_generated_pages_are_fresh(generated: ModuleType) -> None:
    """Generated pages are what the code says today; `python scripts/generate_docs.py` writes them."""
    stale = [name for name, text in generated.pages().items() if page(name) != text]
    assert not stale


def test_every_command_is_documented(generated: ModuleType) -> None:
    """Every command has its help on the page of commands and is used in a tutorial or how-to."""
    guides = "\n".join(p.read_text("utf-8") for p in [DOCS / "tutorial.md", *DOCS.glob("howto/*.md")])
    assert generated.commands()
    for command in generated.commands():
        assert f"## ppdarchive {command}\n" in page("reference/cli.md")
        assert f"$ ppdarchive {command} " in guides


def test_every_public_name_is_documented(generated: ModuleType) -> None:
    """Every public name has its docstring on the page of Python, and no name stands there twice."""
    named = re.findall(r"^ +heading: ppdarchive\.(\w+)$", page("reference/python.md"), re.MULTILINE)
    assert sorted(named) == [name for name in ppdarchive.__all__ if not name.startswith("__")]


def test_every_problem_rule_and_treatment_is_documented() -> None:
    """Codes of errors, kinds of rules and methods of treatment are on their pages."""
    assert not [code for code in PROBLEMS if f"| `{code}` |" not in page("reference/errors.md")]
    assert not [kind for kind in RuleKind if f"| `{kind}` |" not in page("reference/rules.md")]
    assert not [name for name in TREATMENTS if f"| `{name}` |" not in page("reference/schemas.md")]


def test_tests_that_the_threat_model_names_exist() -> None:
    """A promise names a test that is there, or is marked planned."""
    rows = re.findall(r"^\| (?!promise|-)(.+?) \| (.+?) \|$", page("threat-model.md"), re.MULTILINE)
    assert len(rows) > 20
    for promise, test in rows:
        files = re.findall(r"`(tests/[^`]+)`", test)
        assert files or test.startswith("planned"), promise
        assert not [name for name in files if not (ROOT / name).is_file()], promise


def test_every_attacker_has_promises() -> None:
    """Each of the six attackers has a section with what they know, what they want, and a table."""
    sections = re.split(r"^## ", page("threat-model.md"), flags=re.MULTILINE)[1:7]
    assert len(sections) == 6
    for section in sections:
        assert "*Knows*" in section
        assert "*Wants*" in section
        assert "| promise | test |" in section


def test_dependencies_are_those_of_the_project() -> None:
    """The page of dependencies has a line for each requirement of pyproject.toml and no other."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = dict(project["optional-dependencies"])
    wanted = {
        "To run": project["dependencies"],
        "For testing, as an extra": extras.pop("testing"),
        "To develop": extras.pop("dev"),
        "For a second look at agreement, as an extra": extras.pop("gamma"),
        "To sign releases, as an extra": extras.pop("sign"),
        "To keep archives in object stores, as an extra": extras.pop("s3"),
        "To plug detectors in, as extras": list(
            dict.fromkeys(name for own in extras.values() for name in own)
        ),
    }
    for title, requirements in wanted.items():
        section = page("dependencies.md").partition(f"## {title}\n")[2].partition("\n## ")[0]
        named = re.findall(r"^\| ([a-z][\w-]*) \| .+ \| .+ \|$", section, re.MULTILINE)
        names = [re.split(r"[\[<>=~! ]", requirement)[0] for requirement in requirements]
        assert named[1:] == [name for name in names if name != "ppdarchive"]


def test_the_site_builds(tmp_path: Path) -> None:
    """The site builds without a warning, so links resolve, and its pages load nothing from afar."""
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for html in tmp_path.rglob("*.html"):
        text = html.read_text("utf-8")
        assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)=\"?https?://", text), html.name


def test_links_of_the_readme_resolve() -> None:
    """Files that the README and the changelog point to are there."""
    for name in ("README.md", "CHANGELOG.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / name).read_text("utf-8")):
            assert (ROOT / target).exists(), target


def test_pages_say_the_words_of_the_design() -> None:
    """Pages call people and things as the design does."""
    banned = re.compile(r"\b(respondents?|subjects?|raters?|anonymi[sz]\w*)\b", re.IGNORECASE)
    for path in [ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")]:
        if path.name == "differences.md":  # other tools are called what they call themselves
            continue
        assert not banned.findall(path.read_text("utf-8")), path
