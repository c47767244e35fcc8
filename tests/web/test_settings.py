"""The pages behind Settings, as a browser sees them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from intervals_companion.app import sessions
from intervals_companion.app.account import api_key
from intervals_companion.app.account import sign_in as account_sign_in
from intervals_companion.app.data import erase
from intervals_companion.app.ingest import devices
from intervals_companion.app.preferences import choices
from intervals_companion.domain.errors import NotSignedIn
from support.app_fixture import TODAY, AppFixture, app_fixture, run, steps, weight
from support.browsers import HERE, Browser, browser
from support.prepared import prepared, sign_in

AWAY = "https://companion.example.org"
PASSWORD = "a sentence nobody guesses"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    with prepared(tmp_path, sign_in) as made:
        yield made


@pytest.fixture
def phone(home: AppFixture) -> Iterator[Browser]:
    with browser(home) as made:
        yield made.let_in()


def text(visitor: Browser, path: str) -> str:
    found = visitor.get(path)
    assert found.status_code == 200, found.text
    return found.text


def words(html: str) -> str:
    """What a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def copied(html: str, what: str) -> str:
    """The value that stands under `what` for copying."""
    found = re.search(rf'<code id="copy-{what}">([^<]*)</code>', html)
    assert found is not None, f"nothing to copy called {what}"
    return unescape(found[1])


PAGES = [
    "/settings", "/settings/account", "/settings/metrics", "/settings/sports", "/settings/zone", "/settings/browsers",
    "/settings/devices", "/settings/key", "/settings/data", "/settings/leave/logout", "/settings/leave/full-logout",
    "/settings/leave/delete", "/connect/health-auto-export", "/connect/shortcut",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_a_session(home: AppFixture, path: str) -> None:
    with browser(home) as stranger:
        answer = stranger.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_inline_style_script_or_handler_and_labels_every_field(phone: Browser, path: str) -> None:
    html = text(phone, path)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", html)
    assert not re.search(r"<script(?![^>]*src=)", html)
    fields = re.findall(r"<(?:input|select)(?![^>]*type=.?hidden)[^>]*>", html)
    labelled = re.findall(r"<label.*?</label>", html, re.DOTALL)
    assert all(any(field in label for label in labelled) for field in fields)


def test_changes_need_the_token_of_the_session(phone: Browser) -> None:
    paths = ["/settings/metrics", "/settings/zone", "/settings/browsers/end-all", "/settings/key/forget"]
    paths += ["/settings/leave/logout", "/settings/leave/delete", "/settings/data/restore", "/connect/shortcut"]
    for path in paths:
        assert phone.post(path, csrf="stale").status_code == 403
    assert phone.web.context.read(account_sign_in.current).account.name


# --- the front page --------------------------------------------------------------------------------------------------


def test_the_front_page_says_who_and_what_is_on(phone: Browser) -> None:
    choices.turn_sports(
        phone.web.context, {one.type for one in phone.web.context.read(choices.sport_switches)} - {"Ride"}
    )
    said = words(text(phone, "/settings"))
    account = phone.web.context.account()
    assert str(account.name) in said
    assert f"athlete {account.intervals_id}, signed in" in said
    assert "Ride off" in said
    assert "Europe/Berlin" in said
    for way in erase.WAYS.values():
        assert way.name in said


def test_a_name_with_markup_is_drawn_as_text(home: AppFixture, phone: Browser) -> None:
    devices.add_device(home.context, devices.AUTO_EXPORT, "<script>alert(1)</script>")
    html = text(phone, "/settings/devices")
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


# --- choices ---------------------------------------------------------------------------------------------------------


def test_metrics_are_turned_off_by_leaving_them_unticked(phone: Browser) -> None:
    on = [
        one.metric.field for one in phone.web.context.read(choices.metrics) if one.on and one.metric.field != "weight"
    ]
    assert phone.post("/settings/metrics", {"on": on}).headers["location"] == "/settings"
    assert [one.metric.field for one in phone.web.context.read(choices.metrics) if one.on] == on
    assert 'value="weight" checked' not in text(phone, "/settings/metrics")


def test_sports_are_turned_off_by_leaving_them_unticked(phone: Browser) -> None:
    phone.post("/settings/sports", {"on": ["Run"]})
    assert [one.type for one in phone.web.context.read(choices.sport_switches) if one.on] == ["Run"]


def test_activities_into_health_is_offered_only_where_health_can_be_written(phone: Browser) -> None:
    assert "Activities into Health" not in words(text(phone, "/settings/sports"))
    phone.post("/settings/sports", {"on": ["Run"], "activities_to_health": "1"})
    assert not phone.web.context.read(choices.settings).activities_to_health


def test_another_zone_is_shown_before_it_is_chosen(home: AppFixture, phone: Browser) -> None:
    home.import_(steps(TODAY, 8000, at="00:30:00"))
    shown = words(phone.post("/settings/zone/preview", {"zone": "America/New_York"}).text)
    assert "2 days would change" in shown
    assert "Use America/New_York" in shown
    assert "8,000" in shown
    assert "Europe/Berlin" in words(text(phone, "/settings/zone"))
    phone.post("/settings/zone", {"zone": "America/New_York"})
    assert "America/New_York" in words(text(phone, "/settings/zone"))


def test_a_zone_that_does_not_exist_is_refused_with_a_cure(phone: Browser) -> None:
    answer = phone.post("/settings/zone/preview", {"zone": "Mars/Olympus"})
    assert answer.status_code == 400
    assert "Europe/Berlin" in words(answer.text)
    assert 'value="Mars/Olympus"' in answer.text


# --- browsers --------------------------------------------------------------------------------------------------------


def test_one_browser_ends_another(home: AppFixture, phone: Browser) -> None:
    with browser(home) as other:
        other.let_in()
        html = text(phone, "/settings/browsers")
        assert "this browser" in words(html)
        (name,) = re.findall(r'name="browser" value="([0-9a-f]+)"', html)
        phone.post("/settings/browsers/end", {"browser": name})
        assert other.get("/settings").status_code == 303
    assert phone.get("/settings").status_code == 200


@pytest.mark.parametrize("name", ["", "zz", "00"])
def test_a_browser_that_is_not_there_harms_nobody(phone: Browser, name: str) -> None:
    assert phone.post("/settings/browsers/end", {"browser": name}).status_code in (303, 400)
    assert phone.get("/settings").status_code == 200


def test_signing_out_everywhere_ends_every_session(home: AppFixture, phone: Browser) -> None:
    with browser(home) as other:
        other.let_in()
        answer = phone.post("/settings/browsers/end-all")
        assert answer.headers["location"] == "/sign-in"
        assert '"storage"' in answer.headers["clear-site-data"]
        assert [one.get("/settings").status_code for one in (phone, other)] == [303, 303]
    assert home.context.read(sessions.browsers) == []


def test_a_browser_is_added_by_a_link_that_is_shown_once(home: AppFixture, phone: Browser) -> None:
    html = phone.post("/settings/browsers/add").text
    link = copied(html, "link")
    assert link.startswith(f"{HERE}/link/")
    assert "localhost opens on this machine only" in words(html)
    assert link not in text(phone, "/settings/browsers")
    with browser(home) as other:
        assert other.post(link.removeprefix(HERE), csrf="").status_code == 303
        assert other.get("/settings").status_code == 200
    assert len(home.context.read(sessions.browsers)) == 2


# --- the key ---------------------------------------------------------------------------------------------------------


def test_the_key_is_kept_shown_masked_and_forgotten(home: AppFixture, phone: Browser) -> None:
    key = home.sandbox.you.api_key
    assert key is not None
    phone.post("/settings/key", {"key": key})
    html = text(phone, "/settings/key")
    assert key not in html
    assert key[-4:] in html
    phone.post("/settings/key/forget")
    assert phone.web.context.read(api_key.own_key) is None
    assert not phone.web.context.read(choices.settings).read_key
    assert "You asked not to read it" in words(text(phone, "/settings/key"))
    phone.post("/settings/key/read")
    assert phone.web.context.read(choices.settings).read_key


def test_a_wrong_key_is_refused_and_not_kept(phone: Browser) -> None:
    assert phone.post("/settings/key", {"key": "abcdefghijklmnopqrstuvwxy"}).status_code == 403
    assert phone.web.context.read(api_key.own_key) is None


# --- data ------------------------------------------------------------------------------------------------------------


def test_days_and_workouts_are_downloaded_as_csv(home: AppFixture, phone: Browser) -> None:
    home.import_(weight(TODAY, 74.5), *run(TODAY.replace(day=TODAY.day - 1)))
    answer = phone.get("/settings/data/days.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="days.csv"'
    assert {one["day"]: one["weight (kg)"] for one in csv.DictReader(io.StringIO(answer.text))}[str(TODAY)] == "74.5"
    assert "Run" in text(phone, "/settings/data/workouts.csv")


def test_a_backup_goes_out_and_comes_back(home: AppFixture, phone: Browser) -> None:
    home.import_(weight(TODAY, 74.5))
    answer = phone.post("/settings/data/backup", {"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 200
    assert ".backup" in answer.headers["content-disposition"]
    home.import_(weight(TODAY, 80.0, at="09:00:00"))
    back = phone.post("/settings/data/restore", {"password": PASSWORD}, files={"file": ("b.backup", answer.content)})
    assert "Restored: 1 sample and 0 runs" in words(back.text)
    assert "74.5" in text(phone, "/settings/data/days.csv")
    assert "80" not in text(phone, "/settings/data/days.csv")


def test_a_restore_first_names_what_it_replaces(home: AppFixture, phone: Browser) -> None:
    home.import_(weight(TODAY, 74.5), weight(TODAY, 80.0, at="09:00:00"))
    assert "/settings/data/restore" in text(phone, "/settings/data")
    said = words(text(phone, "/settings/data/restore"))
    assert "These 2 samples and 0 runs of Mika Sommer" in said
    assert "Replace 2 samples with this backup" in said


def test_a_wrong_password_is_refused_with_a_page(phone: Browser) -> None:
    content = phone.post("/settings/data/backup", {"password": PASSWORD, "again": PASSWORD}).content
    back = phone.post("/settings/data/restore", {"password": "another one"}, files={"file": ("b", content)})
    assert back.status_code == 400
    assert "password is wrong" in words(back.text)
    assert 'action="/settings/data/restore"' in back.text


def test_passwords_that_differ_are_refused_with_a_page(phone: Browser) -> None:
    answer = phone.post("/settings/data/backup", {"password": PASSWORD, "again": "another one"})
    assert answer.status_code == 400
    assert "not the same" in words(answer.text)
    assert 'action="/settings/data/backup"' in answer.text


def test_a_large_form_is_read_only_with_a_session(home: AppFixture) -> None:
    with browser(home) as stranger:
        answer = stranger.post("/settings/data/restore", files={"file": ("b", b"x" * 2_000_000)})
    assert answer.status_code == 401


def test_restoring_without_a_file_says_what_to_do(phone: Browser) -> None:
    assert phone.post("/settings/data/restore", {"password": PASSWORD}).status_code == 400


# --- leaving ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", erase.WAYS.values())
def test_a_way_to_leave_says_what_goes_and_what_stays(phone: Browser, way: erase.ExitOption) -> None:
    said = words(text(phone, f"/settings/leave/{way.id}"))
    for thing in (*way.goes, *way.stays):
        assert thing[0].upper() + thing[1:] in said
    assert phone.get("/settings").status_code == 200


def test_signing_out_ends_this_session_only(home: AppFixture, phone: Browser) -> None:
    with browser(home) as other:
        other.let_in()
        answer = phone.post("/settings/leave/browser")
        assert answer.status_code == 303
        assert answer.headers["clear-site-data"]
        assert phone.get("/settings").status_code == 303
        assert other.get("/settings").status_code == 200
    assert home.context.read(account_sign_in.current).account.name


@pytest.mark.parametrize("way", ["logout", "full-logout"])
def test_logging_out_ends_every_session_and_the_access(home: AppFixture, phone: Browser, way: str) -> None:
    answer = phone.post(f"/settings/leave/{way}")
    assert answer.status_code == 200
    assert "Stays" in words(answer.text)
    assert answer.headers["clear-site-data"]
    assert phone.get("/settings").status_code == 303
    assert not home.sandbox.state.tokens
    with pytest.raises(NotSignedIn):
        home.context.read(account_sign_in.current)


def test_deleting_everything_leaves_an_empty_companion_that_still_answers(home: AppFixture, phone: Browser) -> None:
    home.import_(weight(TODAY, 74.5))
    (home.context.store.folder / "companion.toml").write_text("")
    answer = phone.post("/settings/leave/delete")
    assert "Everything here is deleted" in words(answer.text)
    assert "companion.toml" in words(answer.text)
    assert phone.get("/settings").status_code == 303
    assert home.context.account().intervals_id is None
    assert home.sandbox.state.tokens


# --- setting up a phone ----------------------------------------------------------------------------------------------

WAYS = [("/connect/health-auto-export", "health-auto-export"), ("/connect/shortcut", "shortcuts")]


@pytest.mark.parametrize(("path", "channel"), WAYS)
def test_the_values_to_copy_come_from_the_public_address(home: AppFixture, path: str, channel: str) -> None:
    with browser(home, AWAY) as away:
        cookie = sessions.create_session(home.context, "Safari")
        away.client.cookies.set("__Host-companion", cookie)
        visitor = home.context.read(sessions.current_visitor, cookie)
        assert visitor is not None
        html = away.post(path, {"name": "My phone"}, csrf=visitor.csrf, headers={"origin": AWAY}).text
    assert copied(html, "address") == f"{AWAY}/push/{channel}"
    assert copied(html, "header-name") == "Authorization"
    device = home.context.read(devices.recognise, copied(html, "header-value").removeprefix("Bearer "))
    assert device is not None
    assert (device.name, device.channel) == ("My phone", channel)
    assert "cannot reach" not in words(html)


@pytest.mark.parametrize(("path", "channel"), WAYS)
def test_on_localhost_it_says_that_a_phone_cannot_reach_it(phone: Browser, path: str, channel: str) -> None:
    html = text(phone, path)
    assert "A phone cannot reach localhost" in words(html)
    assert 'href="/help/remote"' in html


@pytest.mark.parametrize(("path", "channel"), WAYS)
def test_a_token_is_shown_once(phone: Browser, path: str, channel: str) -> None:
    token = copied(phone.post(path, {"name": "My phone"}).text, "header-value").removeprefix("Bearer ")
    html = text(phone, path)
    assert "My phone" in html
    assert token not in html + text(phone, "/settings/devices")


def test_the_deep_links_carry_every_value(phone: Browser) -> None:
    html = phone.post("/connect/health-auto-export", {"name": "My phone"}).text
    token = copied(html, "header-value").removeprefix("Bearer ")
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(com\.HealthExport://[^"]+)"', html)]
    assert len(links) == 3
    for link in links:
        assert f"headers=Authorization,Bearer%20{token}" in link
        assert "url=http%3A%2F%2Flocalhost%3A8787%2Fpush%2Fhealth-auto-export" in link
        assert "format=json" in link
    assert ["aggregatedata=true" in link for link in links] == [True, False, False]
    assert ["datatype=workouts" in link for link in links] == [False, False, True]


def test_the_page_tells_when_the_first_data_is_here(phone: Browser) -> None:
    phone.post("/connect/shortcut", {"name": "My phone"})
    (device,) = phone.web.context.read(devices.devices)
    piece = f"/connect/received/{device.device}"
    waiting = text(phone, piece)
    assert 'hx-trigger="every 3s"' in waiting
    body = f'{{"type": "Weight", "value": "74.5 kg", "date": "{TODAY}T07:00:00+01:00"}}'.encode()
    devices.receive(phone.web.context, device, "shortcuts", body, {"content-type": "application/json"})
    here = text(phone, piece)
    assert "We received your first data" in words(here)
    assert "hx-trigger" not in here


def test_a_removed_device_may_send_no_more(phone: Browser) -> None:
    new = devices.add_device(phone.web.context, devices.SHORTCUTS, "Old phone")
    phone.post("/settings/devices/revoke", {"device": new.device})
    assert phone.web.context.read(devices.recognise, new.token) is None
    assert phone.get(f"/connect/received/{new.device}").status_code == 404


def test_how_to_reach_it_from_elsewhere_needs_no_session(home: AppFixture) -> None:
    with browser(home) as stranger:
        said = words(text(stranger, "/help/remote"))
    assert "COMPANION_PUBLIC_URL" in said
    assert str(home.context.account().name) not in said


def test_sources_are_listed_best_first(tmp_path: Path) -> None:
    with app_fixture(tmp_path) as home, browser(home) as visitor:
        home.import_(
            *(steps(TODAY, 100, at=f"10:0{minute}:00", source="iPhone") for minute in range(3)),
            steps(TODAY, 100, source="Apple Watch"),
            weight(TODAY, 70.0, source="Scale"),
        )
        page = visitor.let_in().get("/settings/sources").text
    places = [page.index(name) for name in (">Apple Watch<", ">iPhone<", ">Scale<")]
    assert places == sorted(places)
