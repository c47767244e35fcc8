"""Scope strings: `ACTIVITY:WRITE,WELLNESS:READ`. What an app asks for and what an athlete grants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

AREAS: Mapping[str, str] = {
    "ACTIVITY": "Activities",
    "WELLNESS": "Wellness Data",
    "CALENDAR": "Calendar",
    "CHATS": "Chats",
    "LIBRARY": "Library",
    "SETTINGS": "Settings",
}
"""Area -> its words on the consent dialog."""

READ, WRITE = "READ", "WRITE"
Scopes = Mapping[str, str]
"""Area -> the higher level, READ or WRITE. WRITE includes READ."""


def parse(text: str) -> Scopes:
    """The scopes of a request. Raises ValueError in the service's words."""
    scopes: dict[str, str] = {}
    for part in text.split(","):
        area, _, level = part.partition(":")
        if area not in AREAS or level not in (READ, WRITE):
            raise ValueError(f"Invalid scope '{part}'")
        if area in scopes:
            raise ValueError("Duplicate scope")
        scopes[area] = level
    return scopes


def grant(asked: Scopes, ticked: Iterable[str]) -> Scopes:
    """What of the request was ticked (`AREA:LEVEL`): never more than was asked, perhaps less."""
    boxes = set(ticked)
    granted: dict[str, str] = {}
    for area, level in asked.items():
        if level == WRITE and f"{area}:{WRITE}" in boxes:
            granted[area] = WRITE
        elif f"{area}:{READ}" in boxes:
            granted[area] = READ
    return granted


def text(scopes: Scopes) -> str:
    return ",".join(f"{area}:{level}" for area, level in scopes.items())


def allow(scopes: Scopes, area: str, level: str) -> bool:
    return scopes.get(area) in (WRITE, level)
