"""A person at the sandbox's pages, for scripts: picks an athlete, ticks boxes, presses buttons.

It reads the forms as a browser does and knows nothing that is not on the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser
from types import TracebackType
from urllib.parse import urljoin, urlsplit

import httpx2
from attrs import define, field

from intervals_sandbox.errors import SandboxError

_MOST_STEPS = 6
_AGENT = "a person at the sandbox"


@define
class Form:
    """A form of a page, filled in as the page shows it."""

    action: str
    fields: list[tuple[str, str]] = field(factory=list)
    boxes: list[tuple[str, str]] = field(factory=list)
    """Checkboxes, whether ticked or not."""


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "input" and self.forms and "name" in given:
            place = self.forms[-1].boxes if given.get("type") == "checkbox" else self.forms[-1].fields
            place.append((given["name"], given.get("value", "")))


class Person:
    """One browser. Use it as a context manager, or close it."""

    def __init__(self, base: str, athlete: str, browser: httpx2.Client | None = None) -> None:
        """`base` is where the sandbox is, `athlete` the id to sign in as; `browser` must not follow redirects."""
        self._base = base
        self._athlete = athlete
        self._browser = browser or httpx2.Client(base_url=base, headers={"User-Agent": _AGENT}, trust_env=False)

    def __enter__(self) -> Person:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._browser.close()

    def allow(self, url: str, boxes: Iterable[str] | None = None) -> str:
        """Opens an app's sign-in address and presses OK; gives the address the browser lands on.

        boxes: those to leave ticked, such as `WELLNESS:WRITE`; all of them if left out.
        """
        wanted = None if boxes is None else set(boxes)
        return self._answer(url, "allow", wanted)

    def decline(self, url: str) -> str:
        """Presses Cancel; gives the address the browser lands on."""
        return self._answer(url, "deny", set())

    def generate_key(self) -> None:
        """Settings, Developer Settings, API Key (view), GENERATE. A key that exists is replaced."""
        self._press(self._open("/settings/api-key"), "/settings/api-key", [])

    def revoke(self) -> None:
        """Settings, Connected apps: removes the first app's access. Raises SandboxError where none has any."""
        self._press(self._open("/settings"), "/settings/revoke", [])

    def comment(self, activity: str, content: str) -> None:
        """The page of an activity, by its id: writes a comment. Raises SandboxError where it is not shared."""
        page = self._open(f"/activities/{activity}")
        self._press(page, f"/activities/{activity}", [("content", content)])

    def delete_comment(self, activity: str, message: int) -> None:
        """The page of an activity: takes back a comment of their own."""
        page = self._open(f"/activities/{activity}")
        self._press(page, f"/activities/{activity}/delete", [("message", str(message))])

    def mark_read(self, activity: str) -> None:
        """The page of an activity: all its comments are read."""
        self._press(self._open(f"/activities/{activity}"), f"/activities/{activity}/read", [])

    def share(self, activity: str, shared: bool) -> None:
        """The page of an activity of theirs: shows it to followers, or keeps it from them."""
        page = self._open(f"/activities/{activity}")
        self._press(page, f"/activities/{activity}/share", [("shared", "yes" if shared else "no")])

    def follow(self, athlete: str, follow: bool) -> None:
        """Begins to follow an athlete, by their id, or ends it."""
        form = self._form(self._open("/following"), "/following")
        fields = [pair for pair in form.fields if pair[0] == "csrf"]
        more = [("athlete", athlete), ("follow", "yes" if follow else "no")]
        self._browser.post(form.action, data=_pairs([*fields, *more]))

    def _answer(self, url: str, decision: str, wanted: set[str] | None) -> str:
        page = self._open(url)
        form = self._form(page, "/oauth/authorize")
        ticked = [(name, value) for name, value in form.boxes if wanted is None or value in wanted]
        answer = self._browser.post(form.action, data=_pairs([*form.fields, *ticked, ("decision", decision)]))
        landing = answer.headers.get("location", "")
        if urlsplit(landing).scheme == "" or landing.startswith(self._base):
            raise SandboxError(f"The consent page did not send the browser back to the app ({answer.status_code}).")
        return landing

    def _open(self, url: str) -> httpx2.Response:
        """The page behind an address, signed in on the way if it asks."""
        for _ in range(_MOST_STEPS):
            answer = self._browser.get(url)
            if "location" in answer.headers:
                url = urljoin(str(answer.url), answer.headers["location"])
            elif urlsplit(str(answer.url)).path == "/login":
                form = self._form(answer, "/login")
                signed = self._browser.post("/login", data=_pairs([*form.fields, ("athlete", self._athlete)]))
                url = urljoin(str(signed.url), signed.headers.get("location", "/settings"))
            else:
                return answer
        raise SandboxError("The pages send the browser round in a circle.")

    def _press(self, page: httpx2.Response, action: str, more: list[tuple[str, str]]) -> None:
        form = self._form(page, action)
        self._browser.post(form.action, data=_pairs([*form.fields, *more]))

    def _form(self, page: httpx2.Response, action: str) -> Form:
        parser = _Forms()
        parser.feed(page.text)
        for form in parser.forms:
            if urlsplit(form.action).path == action:
                return form
        raise SandboxError(f"The page has no form for {action}: {page.status_code}.")


def _pairs(fields: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found
