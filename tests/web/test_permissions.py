"""The pages of the doctor: what is off, how it is cured, and what may be handed to a helper."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intervals_companion.app.account import api_key, sign_in
from intervals_companion.app.doctor import checkup
from intervals_companion.doctor.checks import State
from intervals_companion.web.doctor import pages
from support.app_fixture import TODAY, AppFixture, run, steps, weight
from support.prepared import prepared
from support.web_client import Visit, visit

MONDAY = TODAY - timedelta(days=3)
ALL = ["ACTIVITY:READ", "ACTIVITY:WRITE", "WELLNESS:READ", "WELLNESS:WRITE", "CALENDAR:READ", "CHATS:WRITE",
       "CHATS:READ", "SETTINGS:READ"]  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    with prepared(tmp_path, with_a_day) as made:
        yield made


def with_a_day(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000), weight(MONDAY, 71.37), *run(MONDAY))


@pytest.fixture
def web(home: AppFixture) -> Iterator[Visit]:
    with visit(home, *pages.routes) as made:
        yield made


def without(*scopes: str) -> list[str]:
    return [scope for scope in ALL if scope not in scopes]


def signed_in(home: AppFixture, *scopes: str) -> None:
    """With these boxes left unticked."""
    home.sign_in(without(*scopes))
    checkup.examine(home.context)


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_with_everything_on_nothing_is_missing(home: AppFixture, web: Visit) -> None:
    signed_in(home)
    page = text(web.get("/permissions").text)
    assert "Nothing blocks your data" in page
    assert "nothing missing" in page
    assert " Off" not in page


def test_a_box_that_is_off_is_named_with_what_it_blocks_and_a_way_to_its_cure(home: AppFixture, web: Visit) -> None:
    signed_in(home, "WELLNESS:WRITE")
    home.sync()
    page = web.get("/permissions").text
    assert "1 thing blocks your data" in text(page)
    said = "3 values a day: weight, sleeping HR, steps stay on this machine. Workouts still go out."
    assert f"Wellness Data, Update is off. Blocks {said}" in text(page)
    assert 'href="/permissions/wellness-data-update"' in page


def test_the_cure_has_numbered_steps_a_drawing_and_one_button(home: AppFixture, web: Visit) -> None:
    signed_in(home, "WELLNESS:WRITE")
    page = web.get("/permissions/wellness-data-update").text
    assert "Turn on Update for Wellness Data" in text(page)
    assert "<b>Read</b> and <b>Update</b> checked" in page
    assert 'role="img" aria-label="Drawing of the permissions screen' in page
    assert 'action="/sign-in/again"' in page
    assert "I already did this: check again" in page
    assert page.count('class="button wide"') == 1


def test_check_again_says_when_it_is_still_so_and_when_it_is_cured(home: AppFixture, web: Visit) -> None:
    signed_in(home, "WELLNESS:WRITE")
    still = web.post("/permissions/check", check="wellness-data-update")
    assert still.headers["location"] == "/permissions/wellness-data-update?again=1"
    assert "Still so." in web.get(still.headers["location"]).text
    home.sign_in()
    cured = web.post("/permissions/check", check="wellness-data-update")
    assert cured.headers["location"] == "/permissions?cured=wellness-data-update"
    assert "Wellness Data, Update is on. What was held goes out by itself." in text(
        web.get(cured.headers["location"]).text
    )


def test_pages_ask_nobody(home: AppFixture, web: Visit) -> None:
    signed_in(home, "WELLNESS:WRITE")
    home.forget_requests()
    for path in ("/permissions", "/permissions/wellness-data-update", "/help/permissions", "/diagnostics"):
        assert web.get(path).status_code == 200
    assert home.sandbox.log.as_json() == []


def test_a_cure_nobody_knows_is_not_there(web: Visit) -> None:
    assert web.get("/permissions/made-up").status_code == 404


def test_every_finding_leads_to_a_page_with_steps(home: AppFixture, web: Visit) -> None:
    home.sandbox.you.api_key = None
    signed_in(home, *ALL[2:])
    for check in home.context.read(checkup.stored).checks:
        page = web.get(f"/permissions/{check.id}")
        assert page.status_code == 200
        assert ('<ol class="steps">' in page.text) is (check.state is not State.OK)


def test_a_warning_is_dismissed_and_brought_back(home: AppFixture, web: Visit) -> None:
    signed_in(home, "CALENDAR:READ")
    assert web.post("/permissions/dismiss", check="calendar-read").status_code == 303
    page = text(web.get("/permissions").text)
    assert "Not used" in page
    assert home.context.read(checkup.stored).dismissed != ()
    web.post("/permissions/undismiss", check="calendar-read")
    assert home.context.read(checkup.stored).dismissed == ()


def test_what_blocks_has_no_button_to_dismiss_it(home: AppFixture, web: Visit) -> None:
    signed_in(home, "WELLNESS:WRITE")
    page = web.get("/permissions").text
    assert 'name="check" value="wellness-data-update"' not in page


def test_by_key_there_is_no_matrix(home: AppFixture, web: Visit) -> None:
    sign_in.with_key(home.context, home.sandbox.you.api_key or "")
    checkup.examine(home.context)
    page = web.get("/permissions").text
    assert "A key has all rights" in page
    assert 'class="table matrix"' not in page


def test_a_key_is_shown_masked_and_one_may_be_pasted(home: AppFixture, web: Visit) -> None:
    home.sandbox.switches = home.sandbox.switches.flipped({"api_key_property": "absent"})
    signed_in(home)
    key = home.sandbox.you.api_key or ""
    assert web.post("/permissions/key", key=key).status_code == 303
    page = web.get("/permissions").text
    assert key not in page
    assert f"•••• {key[-4:]}" in page
    assert home.context.read(api_key.own_key) == key


def test_a_key_that_is_none_is_refused_in_words(home: AppFixture, web: Visit) -> None:
    signed_in(home)
    answer = web.post("/permissions/key", key="two words")
    assert (answer.status_code, "That is not an API key." in answer.text) == (400, True)


def test_the_page_to_read_is_open_to_all_and_holds_nothing_personal(home: AppFixture, web: Visit) -> None:
    signed_in(home, "WELLNESS:WRITE")
    mine = web.get("/help/permissions").text
    assert 'href="/permissions"' in mine
    web.client.cookies.clear()
    theirs = web.get("/help/permissions").text
    assert theirs[theirs.index("On this page") :].partition("</article>")[0] in mine
    assert home.sandbox.you.name not in theirs
    assert web.get("/permissions").status_code == 303
    assert web.get("/diagnostics").status_code == 303


def test_every_link_on_the_page_to_read_leads_somewhere(web: Visit) -> None:
    page = web.get("/help/permissions").text
    anchors = set(re.findall(r'id="([\w-]+)"', page))
    assert set(re.findall(r'href="#([\w-]+)"', page)) <= anchors | {"main"}


def test_a_text_from_elsewhere_is_never_markup() -> None:
    assert pages.bold("<script>**x**</script>") == "&lt;script&gt;<b>x</b>&lt;/script&gt;"


# --- what may be handed to a helper ----------------------------------------------------------------------------------


def test_the_diagnostics_hold_no_secret_no_value_no_place_and_no_name(home: AppFixture, web: Visit) -> None:
    signed_in(home, "CALENDAR:READ")
    home.sync()
    checkup.examine(home.context)
    answer = web.get("/diagnostics")
    you, settings = home.sandbox.you, home.context.settings
    secrets = [
        *home.sandbox.state.tokens, you.api_key, settings.client_secret, you.id, you.name, "Mika", "71.37", "71.4",
        "8000", "52.5", "Berlin", str(home.folder),
    ]  # fmt: skip
    assert [secret for secret in secrets if secret and secret in answer.text] == []
    found = json.loads(answer.text)
    assert found["holds"].startswith("Versions, what the doctor found")
    assert {"id": "calendar-read", "state": "warning"} in found["checks"]
    assert found["types"]["StepCount"] == 1
    assert found["runs"][0]["values"] > 0
    assert "attachment" in answer.headers["content-disposition"]
