"""The documents say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import metrics_table

from intervals_companion.app import settings
from intervals_companion.cli.main import COMMANDS
from intervals_companion.sync.actions import Reason

ROOT = Path(__file__).resolve().parents[2]


def test_the_metrics_page_is_current() -> None:
    assert metrics_table.PATH.read_text(encoding="utf-8") == metrics_table.document(), "run: make docs"


def test_every_command_and_setting_is_in_the_command_line_page() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    headings = " ".join(re.findall(r"^## (.*)$", page, re.MULTILINE))
    assert [name for name in COMMANDS if name not in headings] == []
    assert [name for name in settings._ENVIRONMENT if name not in page] == []
    assert [name for name in settings._PLAIN if f"`{name}`" not in page] == []


def test_every_reason_for_holding_something_is_in_the_sync_rules() -> None:
    page = (ROOT / "docs" / "sync-rules.md").read_text(encoding="utf-8")
    assert [reason for reason in Reason if f"`{reason}`" not in page] == []


def test_no_link_between_the_documents_is_broken() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []
