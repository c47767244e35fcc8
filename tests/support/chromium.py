"""A real browser for the stories, and a watch over what its pages must never do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from attrs import define, field
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
PATIENCE = 30_000
"""ms until what does not come is taken for missing: far beyond what a busy machine needs."""


NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The first has the same engine without windows, tabs and the rest of a browser: half the work."""


def executable() -> str:
    """What CHROMIUM names, or Debian's chromium. Skips the test without one."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("chromium is not installed: apt install chromium")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@define(slots=False)  # playwright keeps its wrappers on whoever listens
class Watch:
    """What went wrong in the pages of one test: scripts that broke, walls that were hit, requests to others."""

    own: frozenset[str]
    """host:port of the app and of the sandbox, the only ones a page may talk to."""
    found: list[str] = field(factory=list)

    def over(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.found.append(f"script: {error}"))
        page.on("console", self._said)
        page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.found.append(f"wall: {message.text}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and parts.netloc not in self.own:
            self.found.append(f"third party: {parts.netloc}")


@contextmanager
def pages(
    browser: Browser, own: frozenset[str], *, phone: bool = True, dark: bool = False, downloads: Path | None = None
) -> Iterator[Page]:
    """A page in a fresh profile. Fails at its end if anything went wrong in it."""
    context: BrowserContext = browser.new_context(
        viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
        has_touch=phone,
        color_scheme="dark" if dark else "light",
        accept_downloads=downloads is not None,
        locale="en-GB",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    watch = Watch(own)
    context.on("page", watch.over)
    page = context.new_page()
    try:
        yield page
    finally:
        context.close()
    assert watch.found == []
