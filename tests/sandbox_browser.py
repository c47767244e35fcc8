"""A person at a browser: reads the forms of the sandbox's pages and presses buttons by their words."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2
from attrs import define, field


@define
class Form:
    action: str
    fields: list[tuple[str, str]] = field(factory=list)
    """Hidden inputs and ticked boxes."""
    buttons: list[tuple[str, str, str]] = field(factory=list)
    """Name, value and words."""


class Forms(HTMLParser):
    """The forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._button: tuple[str, str, str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action", "")))
        elif tag == "input" and self.found and (given.get("type") != "checkbox" or "checked" in given):
            self.found[-1].fields.append((given.get("name", ""), given.get("value", "")))
        elif tag == "button":
            self._button = (given.get("name", ""), given.get("value", ""), "")

    def handle_data(self, data: str) -> None:
        if self._button:
            name, value, words = self._button
            self._button = (name, value, f"{words} {data.strip()}")

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._button and self.found:
            self.found[-1].buttons.append(self._button)
            self._button = None


class Browser:
    """Follows redirects inside the service, and stops where the app's own address begins."""

    def __init__(self, http: httpx2.Client, base: str) -> None:
        self._http = http
        self._base = base
        self.address = ""
        self.page = ""

    def open(self, url: str) -> None:
        self._arrive(self._http.get(url))

    def press(self, words: str, untick: tuple[str, ...] = ()) -> None:
        """Presses the button with these words, after unticking boxes by their value."""
        for form in Forms(self.page).found:
            for name, value, label in form.buttons:
                if words in label:
                    kept = [pair for pair in form.fields if pair[1] not in untick]
                    sent: dict[str, list[str]] = {}
                    for key, each in [*kept, (name, value)]:
                        sent.setdefault(key, []).append(each)
                    self._arrive(self._http.post(urljoin(self.address, form.action), data=sent))
                    return
        raise AssertionError(f"no button {words!r} at {self.address}")

    def _arrive(self, answer: httpx2.Response) -> None:
        while answer.is_redirect:
            target = urljoin(str(answer.url), answer.headers["location"])
            if not target.startswith(self._base + "/"):
                self.address, self.page = target, ""
                return
            answer = self._http.get(target)
        self.address, self.page = str(answer.url), answer.text
