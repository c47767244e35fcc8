"""Reads a page as a browser does: where its links lead, what its forms send, and which of its buttons do nothing."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

from attrs import Factory, define

_ASKED_FOR = {
    "href": "GET",
    "src": "GET",
    "hx-get": "GET",
    "hx-post": "POST",
    "sse-connect": "GET",
    "data-streams": "GET",
}
_SCRIPTED = ("data-copy", "id")
"""A button outside a form is some script's, which finds it by one of these."""


@define
class Seen:
    """What one page offers."""

    asked: list[tuple[str, str]] = Factory(list)
    """Method and address, as written."""
    ids: set[str] = Factory(set)
    dead: list[str] = Factory(list)
    """Things that look as if they could be pressed, and cannot."""


class _Reader(HTMLParser):
    def __init__(self, here: str) -> None:
        super().__init__()
        self.here = here
        self.seen = Seen()
        self._form: str | None = None
        self._can_send = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.seen.ids.add(given["id"])
        self.seen.asked += [(method, given[name]) for name, method in _ASKED_FOR.items() if name in given]
        if tag == "a" and not given.get("href"):
            self.seen.dead.append(f"a link without an address on {self.here}")
        elif tag == "form":
            self._form = given.get("action") or self.here
            self._can_send = False
            self.seen.asked.append((given.get("method", "get").upper(), self._form))
        elif tag == "button":
            self._button(given)

    def _button(self, given: dict[str, str]) -> None:
        if given.get("type", "submit") == "submit":
            self._can_send = True
            if self._form is None:
                self.seen.dead.append(f"a button outside every form on {self.here}: {given}")
            elif "formaction" in given:
                self.seen.asked.append(("POST", given["formaction"]))
        elif not any(name in given for name in _SCRIPTED):
            self.seen.dead.append(f"a button that no script can find on {self.here}: {given}")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            if not self._can_send:
                self.seen.dead.append(f"a form without a button on {self.here}: {self._form}")
            self._form = None


def read(here: str, html: str) -> Seen:
    """The page at the address `here`."""
    reader = _Reader(here)
    reader.feed(html)
    return reader.seen


def absolute(here: str, address: str) -> str | None:
    """Path and query of an address on the page `here`, with its fragment; None if it leads to another site."""
    whole = urlsplit(urljoin(f"http://here{here}", address))
    if whole.scheme != "http" or whole.netloc != "here":
        return None
    query = f"?{whole.query}" if whole.query else ""
    return f"{whole.path}{query}" + (f"#{whole.fragment}" if whole.fragment else "")


def kind(path: str, route: str) -> str:
    """Addresses of one kind are served by one route with the same names in their query."""
    names = sorted({name for name, _ in parse_qsl(urlsplit(path).query)})
    return f"{route}?{','.join(names)}"
