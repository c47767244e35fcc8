"""The documents say what the code does."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from inspect import signature
from pathlib import Path

import metrics_table
import permissions_page

from intervals_companion.app import settings
from intervals_companion.cli.main import COMMANDS
from intervals_companion.cli.serve import serve
from intervals_companion.sync.actions import Reason

ROOT = Path(__file__).resolve().parents[2]


def test_the_metrics_page_is_current() -> None:
    assert metrics_table.PATH.read_text(encoding="utf-8") == metrics_table.document(), "run: make docs"


def test_the_permissions_page_is_current() -> None:
    assert permissions_page.PATH.read_text(encoding="utf-8") == permissions_page.document(), "run: make docs"


def test_every_heading_of_the_permissions_page_is_linked_from_its_top() -> None:
    page = permissions_page.PATH.read_text(encoding="utf-8")
    headings = re.findall(r"^##+ (.*)$", page, re.MULTILINE)
    assert [heading for heading in headings if f"[{heading}](#" not in page] == []


def test_every_command_and_setting_is_in_the_command_line_page() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    headings = " ".join(re.findall(r"^## (.*)$", page, re.MULTILINE))
    assert [name for name in COMMANDS if name not in headings] == []
    assert [name for name in settings._ENVIRONMENT if name not in page] == []
    assert [name for name in settings._PLAIN | settings._SWITCHES if f"`{name}`" not in page] == []


def test_every_reason_for_holding_something_is_in_the_sync_rules() -> None:
    page = (ROOT / "docs" / "sync-rules.md").read_text(encoding="utf-8")
    assert [reason for reason in Reason if f"`{reason}`" not in page] == []


def test_every_file_and_test_that_the_documents_name_exists() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
    name = re.compile(r"`((?:[\w-]+/)*[\w-]+\.(?:py|txt))(?:::(\w+))?`")
    texts = {page.name: page.read_text(encoding="utf-8") for page in pages}
    named = [(page, *found) for page, text in texts.items() for found in name.findall(text)]
    new = {path for text in texts.values() for path in re.findall(r"New file `([^`]+)`", text)}
    assert len(named) > 10
    assert [one for one in named if one[1] not in new and not _exists(one[1], one[2])] == []


def _exists(path: str, test: str) -> bool:
    """A name is said from the root, or from a folder of the sources or the tests."""
    found = [*ROOT.glob(path), *ROOT.glob(f"src/**/{path}"), *ROOT.glob(f"tests/**/{path}")]
    return any(f"def {test}(" in file.read_text(encoding="utf-8") for file in found) if test else bool(found)


def test_no_link_between_the_documents_is_broken() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_page_about_other_places_names_what_serving_offers() -> None:
    document = (ROOT / "docs" / "remote.md").read_text(encoding="utf-8")
    page = (ROOT / "src" / "intervals_companion" / "web" / "templates" / "ingest/help_remote.html").read_text(
        encoding="utf-8"
    )
    used = set(re.findall(r"--[a-z-]+|COMPANION_[A-Z_]+|/oauth/callback", page))
    assert used <= set(re.findall(r"--[a-z-]+|COMPANION_[A-Z_]+|/oauth/callback", document))
    offered = {f"--{name.replace('_', '-')}" for name in signature(serve).parameters}
    assert {name for name in used if name.startswith("--")} <= offered


def test_every_decision_has_a_number_and_a_date_newest_last() -> None:
    page = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#{2,} (.*)$", page, re.MULTILINE)
    dated = [re.fullmatch(r"(\d+)\. \S.*\S \((\d{4}-\d\d-\d\d)\)", heading) for heading in headings]
    assert [heading for heading, found in zip(headings, dated, strict=True) if found is None] == []
    assert [found[1] for found in dated if found] == [str(number) for number in range(1, len(headings) + 1)]
    days = [date.fromisoformat(found[2]) for found in dated if found]
    assert days == sorted(days)


def test_every_target_of_make_that_is_named_anywhere_exists() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob(".github/workflows/*.yml"), ROOT / ".ci/run"]
    pages.append(ROOT / ".devcontainer" / "devcontainer.json")
    called = re.compile(r"""(?:^|[`"]|run: )make ([a-z][a-z -]*?) *(?=$|[`"]|[A-Z#&])""", re.MULTILINE)
    named = {name for page in pages for found in called.findall(page.read_text("utf-8")) for name in found.split()}
    assert {"install", "hooks", "demo", "lint", "test", "coverage", "release"} <= named
    assert named - {*targets} == set()


def test_every_python_that_is_supported_is_tested_in_public() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    supported = [one.rpartition(" ")[2] for one in project["classifiers"] if "Python :: 3." in one]
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert f"python: {json.dumps(supported)}" in workflow
