"""The templates, and what they all know: the tabs, icons, and the addresses of static files."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from intervals_companion.web.charts import icons, svg

HERE = Path(__file__).parent

TABS = (
    ("today", "/today", "Today"),
    ("metrics", "/metrics", "Metrics"),
    ("activities", "/activities", "Activities"),
    ("friends", "/feed", "Friends"),
    ("sync", "/sync", "Sync"),
    ("permissions", "/permissions", "Permissions"),
    ("settings", "/settings", "Settings"),
)


@cache
def templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(
        static=static, icon=icons.icon, logo=icons.logo, glyph=svg.glyph, tabs=TABS, tab="", back=None
    )
    environment.filters["initials"] = initials
    return environment


def initials(name: str | None) -> str:
    """`MS` of `Mika Sommer`."""
    words = (name or "").split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@cache
def static(path: str) -> str:
    """The address of a static file, which changes when the file does, so that browsers may keep it for ever."""
    digest = hashlib.sha256((HERE / "static" / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"
