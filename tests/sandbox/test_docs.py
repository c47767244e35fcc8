"""docs/sandbox.md names everything that a script could need."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from attrs import fields

import intervals_sandbox
from intervals_sandbox import Switches
from intervals_sandbox.control import ROUTES
from intervals_sandbox.faults import KINDS, Fault
from intervals_sandbox.log import Entry
from intervals_sandbox.pages import COOKIE

TEXT = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
TEMPLATES = sorted((Path(intervals_sandbox.__file__).parent / "templates").glob("*.html"))
FORM_FIELDS = sorted(
    {
        name
        for page in TEMPLATES
        for name in re.findall(r'<(?:input|button|textarea)[^>]* name="(\w+)"', page.read_text())
    }
)


def _told(name: str) -> bool:
    return re.search(rf"[`\"]{re.escape(name)}[`\"]", TEXT) is not None


@pytest.mark.parametrize("switch", [switch.name for switch in fields(Switches)])
def test_every_switch_is_told_with_its_default_first(switch: str) -> None:
    default = Switches().as_json()[switch]
    word = str(default).lower() if isinstance(default, bool) else str(default)
    assert f"| `{switch}` | `{word}`" in TEXT


@pytest.mark.parametrize("name", FORM_FIELDS)
def test_every_form_field_is_told(name: str) -> None:
    assert _told(name)


def test_the_forms_have_the_fields_that_are_looked_for() -> None:
    assert set(FORM_FIELDS) == {
        *("csrf", "athlete", "next", "grant", "decision", "client_id", "scope", "state", "redirect_uri"),
        *("content", "message", "shared", "follow"),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fault_is_told(kind: str) -> None:
    assert _told(kind)


@pytest.mark.parametrize("name", [field.name for field in (*fields(Fault), *fields(Entry))])
def test_every_key_of_the_log_and_of_a_fault_is_told(name: str) -> None:
    assert _told(name)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_control_is_told(route: object) -> None:
    methods = sorted(route.methods - {"HEAD"})  # type: ignore[attr-defined]
    assert f"`{methods[0]} {route.path}`" in TEXT  # type: ignore[attr-defined]


def test_the_session_cookie_is_told() -> None:
    assert _told(COOKIE)


@pytest.mark.parametrize(
    "name",
    [
        *("ext", "resolve", "powerRange", "hrRange", "paceRange", "locale"),
        *("others", "file_contents", "file_contents_base64", "workout_doc"),
    ],
)
def test_what_is_played_in_part_or_passed_over_is_told(name: str) -> None:
    assert _told(name)
