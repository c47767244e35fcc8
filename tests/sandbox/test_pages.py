"""Sign-in, settings, API key and connected apps, as a person meets them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from sandbox.harness import Box, box

TALKED = next(item for item in box().activities() if "icu_chat_id" in item.values)
PAGES = (
    *("/login", "/settings", "/settings/api-key", "/oauth/authorize?client_id=0"),
    *("/activities", f"/activities/{TALKED.id}", "/following"),
)


def test_the_front_page_leads_to_sign_in_and_then_to_settings(sandbox: Box) -> None:
    assert sandbox.client.get("/").headers["location"] == "/login"
    sandbox.sign_in()
    assert sandbox.client.get("/").headers["location"] == "/settings"


def test_sign_in_offers_every_seeded_athlete(sandbox: Box) -> None:
    page = sandbox.client.get("/login").text
    for athlete in sandbox.sandbox.state.athletes.values():
        assert f'name="athlete" value="{athlete.id}"' in page
        assert athlete.name in page


def test_an_unknown_athlete_cannot_sign_in(sandbox: Box) -> None:
    assert sandbox.form("/login", athlete="i1").status_code == 422
    assert sandbox.client.get("/settings").headers["location"].startswith("/login")


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com/", "/\\example.com", "javascript:alert(1)"]
)
def test_sign_in_returns_to_this_site_only(sandbox: Box, elsewhere: str) -> None:
    assert sandbox.form("/login", athlete=sandbox.you.id, next=elsewhere).headers["location"] == "/settings"


def test_settings_show_the_developer_settings(sandbox: Box) -> None:
    sandbox.sign_in()
    page = sandbox.client.get("/settings").text
    assert "Developer Settings" in page
    assert "Athlete ID" in page
    assert sandbox.you.id in page
    assert re.search(r'API Key.*href="/settings/api-key">\(view\)', page, re.DOTALL)
    assert str(sandbox.you.api_key) not in page


def test_the_key_dialog_shows_the_key_and_offers_another(sandbox: Box) -> None:
    sandbox.sign_in()
    page = sandbox.client.get("/settings/api-key").text
    assert str(sandbox.you.api_key) in page
    assert "Regenerate" in page


def test_a_new_key_kills_the_old_one(sandbox: Box) -> None:
    old = sandbox.key()
    sandbox.sign_in()
    sandbox.form("/settings/api-key")
    assert sandbox.get("/athlete/0", auth=old).status_code == 401
    assert sandbox.get("/athlete/0").status_code == 200


def test_an_account_without_a_key_generates_one() -> None:
    own = box(api_key=False)
    own.sign_in()
    assert ">Generate<" in own.client.get("/settings/api-key").text
    own.form("/settings/api-key")
    assert str(own.you.api_key) in own.client.get("/settings/api-key").text
    assert own.get("/athlete/0").status_code == 200


def test_connected_apps_are_listed_with_what_they_may_do(sandbox: Box) -> None:
    sandbox.token("WELLNESS:WRITE,ACTIVITY:READ")
    page = sandbox.client.get("/settings").text
    assert "Intervals Companion" in page
    assert "Wellness Data: Read and Update" in page
    assert "Activities: Read<" in page


def test_revoking_an_app_ends_its_token(sandbox: Box) -> None:
    token = sandbox.token()
    app = next(iter(sandbox.sandbox.state.apps))
    sandbox.form("/settings/revoke", client_id=app)
    assert sandbox.get("/athlete/0", token=token).status_code == 401
    assert "No app has access" in sandbox.client.get("/settings").text


def test_revoking_touches_no_other_athlete(sandbox: Box) -> None:
    theirs = sandbox.token(athlete=sandbox.friend)
    sandbox.token()
    sandbox.form("/settings/revoke", client_id=next(iter(sandbox.sandbox.state.apps)))
    assert sandbox.get("/athlete/0", token=theirs).status_code == 200


def test_signing_out_ends_the_visit_and_no_token(sandbox: Box) -> None:
    token = sandbox.token()
    sandbox.form("/logout")
    assert sandbox.client.get("/settings").headers["location"].startswith("/login")
    assert sandbox.get("/athlete/0", token=token).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *("/login", "/logout", "/oauth/authorize", "/settings/api-key", "/settings/revoke", "/following"),
        *(f"/activities/{TALKED.id}{form}" for form in ("", "/delete", "/read", "/share")),
    ],
)
def test_every_form_is_refused_without_its_hidden_value(sandbox: Box, path: str) -> None:
    sandbox.sign_in()
    key = sandbox.you.api_key
    assert sandbox.client.post(path, data={"athlete": sandbox.you.id}).status_code == 403
    assert sandbox.you.api_key == key


@pytest.mark.parametrize("path", ["/settings/api-key", "/settings/revoke"])
def test_forms_of_the_settings_ask_for_a_sign_in(sandbox: Box, path: str) -> None:
    assert sandbox.form(path).headers["location"] == "/login"


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_it_is_a_sandbox(sandbox: Box, path: str) -> None:
    sandbox.sign_in()
    assert "A stand-in for Intervals.icu on this computer" in sandbox.client.get(path).text


@pytest.mark.parametrize("path", PAGES)
def test_pages_need_no_script_and_nothing_from_elsewhere(sandbox: Box, path: str) -> None:
    sandbox.sign_in()
    page = sandbox.client.get(path).text
    assert "<script" not in page
    assert " style=" not in page
    assert not re.search(r'(href|src|action)="(https?:)?//', page)
    assert 'href="/sandbox/style.css"' in page


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_well_formed(sandbox: Box, path: str) -> None:
    sandbox.sign_in()
    checker = _Balance()
    checker.feed(sandbox.client.get(path).text)
    assert checker.open == []


class _Balance(HTMLParser):
    void = ("meta", "link", "input")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_names_are_shown_as_text_not_as_markup(sandbox: Box) -> None:
    sandbox.you.facts["name"] = "<b>Mika</b>"
    sandbox.sign_in()
    assert "&lt;b&gt;Mika" in sandbox.client.get("/settings").text


def test_the_style_sheet_knows_light_and_dark(sandbox: Box) -> None:
    style = sandbox.client.get("/sandbox/style.css")
    assert style.headers["content-type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in style.text


def test_an_unknown_page_is_a_404(sandbox: Box) -> None:
    assert sandbox.client.get("/nowhere").status_code == 404


def test_visits_do_not_pile_up(sandbox: Box) -> None:
    for _ in range(1005):
        sandbox.client.cookies.clear()
        sandbox.client.get("/")
    assert len(sandbox.sandbox.state.sessions) <= 1000
