"""A person without a mouse: Tab until the right thing has the focus, then Enter or Space."""

from __future__ import annotations

from playwright.sync_api import Page

MOST_STOPS = 120

_FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return "";
  const labels = [...(one.labels || [])].map(label => label.innerText);
  const named = [one.getAttribute("aria-label"), one.innerText, ...labels];
  return named.filter(Boolean).join(" ").replace(/\\s+/g, " ").trim();
}"""


def reach(page: Page, name: str) -> None:
    """Moves the focus on to what begins with these words; it has to be seen there."""
    passed: list[str] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focused = str(page.evaluate(_FOCUSED))
        if focused.startswith(name):
            assert page.evaluate("document.activeElement.matches(':focus-visible')"), f"no focus is seen on {name}"
            return
        passed.append(focused)
    raise AssertionError(f"Tab never comes to {name!r}; it passed {list(dict.fromkeys(passed))}")


def press(page: Page, name: str, key: str = "Enter") -> None:
    """A link or button that leads to another page."""
    reach(page, name)
    with page.expect_navigation():
        page.keyboard.press(key)


def write(page: Page, name: str, text: str) -> None:
    reach(page, name)
    page.keyboard.type(text)
