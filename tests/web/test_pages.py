"""How a page is made: what it shows belongs to whoever is signed in when it is drawn."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from intervals_companion.app import sessions
from intervals_companion.web.pages import page_without_scope, reading, web_context
from support.prepared import prepared, sign_in
from support.web_client import visit


def _asks_while_the_browser_is_signed_out(request: Request) -> Response:
    sessions.end_all(web_context(request).context)
    with reading(request) as here:
        return PlainTextResponse(here.account.name or "")


def test_a_browser_that_was_signed_out_while_a_page_asked_is_led_to_the_sign_in(tmp_path: Path) -> None:
    with prepared(tmp_path, sign_in) as home:
        route = page_without_scope("/slow", _asks_while_the_browser_is_signed_out)
        with visit(home, route) as browser:
            answer = browser.get("/slow")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/slow")
    assert answer.text == ""
