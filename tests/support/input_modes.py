"""Two ways to use a page: with a pointer, and by keyboard alone. `make soak` tells every story with both."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from playwright.sync_api import Locator

MOST_STOPS = 150


class Hand(Protocol):
    def press(self, what: Locator) -> None:
        """A link or button that leads to another page, which is there when this ends."""
        ...

    def turn(self, what: Locator) -> None:
        """A box, a switch, a radio button or a fold: the page stays."""
        ...

    def write(self, where: Locator, text: str) -> None:
        """Into a field that is empty."""
        ...

    def choose(self, where: Locator, file: Path) -> None:
        """A file, in the dialog that the field opens."""
        ...


class Pointer:
    def press(self, what: Locator) -> None:
        with what.page.expect_navigation():
            what.click()

    def turn(self, what: Locator) -> None:
        what.click()

    def write(self, where: Locator, text: str) -> None:
        where.fill(text)

    def choose(self, where: Locator, file: Path) -> None:
        with where.page.expect_file_chooser() as chooser:
            where.click()
        chooser.value.set_files(file)


class Keyboard:
    """Tab until the right thing has the focus, then Enter or Space."""

    def press(self, what: Locator) -> None:
        _reach(what)
        with what.page.expect_navigation():
            what.page.keyboard.press("Enter")

    def turn(self, what: Locator) -> None:
        _reach(what)
        what.page.keyboard.press("Space")

    def write(self, where: Locator, text: str) -> None:
        _reach(where)
        where.page.keyboard.type(text)

    def choose(self, where: Locator, file: Path) -> None:
        with where.page.expect_file_chooser() as chooser:  # listening long before the key: the browser is told late
            _reach(where)
            where.page.keyboard.press("Enter")
        chooser.value.set_files(file)


POINTER: Hand = Pointer()
KEYBOARD: Hand = Keyboard()

_NEARER_THE_END = """one => {
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
  return stops.indexOf(one) > stops.length / 2;
}"""
_PLACE = """one => {
  const at = document.activeElement;
  if (one === at) return "here";
  return one.type === "radio" && at.type === "radio" && one.name === at.name ? "its group" : "elsewhere";
}"""


def _reach(what: Locator) -> None:
    """Moves the focus there, forwards or backwards, whichever is less to press; it has to be seen there."""
    page, one = what.page, what.element_handle()
    key = "Shift+Tab" if one.evaluate(_NEARER_THE_END) else "Tab"
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        place = one.evaluate(_PLACE)
        if place == "its group":  # of radio buttons Tab meets one; arrows go on
            key = "ArrowDown"
        if place == "here":
            assert page.evaluate("document.activeElement.matches(':focus-visible')"), f"no focus is seen on {what}"
            return
    raise AssertionError(f"{key} never comes to {what}")
