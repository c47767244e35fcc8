"""From an export in the browser to the first sync, and every file that is not one."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intervals_companion.app.ingest import uploads
from intervals_companion.app.jobs import status
from intervals_companion.app.sync import first_sync
from intervals_companion.web.ingest import onboarding
from intervals_companion.web.sync import pages
from support.app_fixture import TODAY, AppFixture, run, steps, weight
from support.web_client import Visit, visit

DAYS = [TODAY - timedelta(days=n) for n in range(1, 5)]


@pytest.fixture
def browser(home: AppFixture) -> Iterator[Visit]:
    with visit(home, *pages.routes, *onboarding.routes) as made:
        yield made


def export(home: AppFixture) -> bytes:
    elements = [element for day in DAYS for element in (steps(day, 8000), weight(day, 74.5))]
    return home.export(*elements, *run(DAYS[0]), *run(TODAY - timedelta(days=200))).read_bytes()


def left_over(home: AppFixture) -> list[Path]:
    return list(home.context.store.folder.glob("*.part"))


def test_the_first_page_offers_every_way(browser: Visit) -> None:
    page = browser.get("/connect").text
    assert "Signed in. Next: your health data." in page
    for way in ("/connect/export", "/connect/health-auto-export", "/connect/shortcut"):
        assert f'href="{way}"' in page


def test_an_export_sent_in_the_browser_is_read_and_removed(home: AppFixture, browser: Visit) -> None:
    home.forget_requests()
    sent = browser.send_file("/connect/export", "export.zip", export(home))
    assert sent.status_code == 303
    page = browser.get(sent.headers["location"], follow_redirects=True).text
    assert "Read" in page
    assert "export.zip" in page
    assert left_over(home) == []
    assert home.writes() == []


def test_what_cannot_be_is_named_on_the_page_of_the_import(home: AppFixture, browser: Visit) -> None:
    made = home.export(weight(TODAY, 5e8), weight(TODAY, 0, at="08:00:00")).read_bytes()
    sent = browser.send_file("/connect/export", "export.zip", made)
    page = browser.get(sent.headers["location"], follow_redirects=True).text
    assert "2 x Weight with a value that cannot be" in page
    assert "kept, and nothing is made of it" in page


def test_the_page_s_own_script_is_told_where_to_watch(home: AppFixture, browser: Visit) -> None:
    sent = browser.send_file("/connect/export", "export.zip", export(home), headers={"accept": "application/json"})
    assert sent.json()["watch"].startswith("/sync/running?job=")


def test_from_an_export_to_the_first_sync(home: AppFixture, browser: Visit) -> None:
    browser.send_file("/connect/export", "export.zip", export(home))
    home.forget_requests()
    watched = browser.post("/connect/first-sync/plan", since="90").headers["location"]
    page = browser.get(watched, follow_redirects=True).text
    assert "8 values and 1 workout would be sent" in page
    assert "Steps" in page
    assert home.writes() == []
    home.clock.wait(1)
    everything = browser.post("/connect/first-sync/plan", since="all").headers["location"]
    assert "8 values and 2 workouts would be sent" in browser.get(everything, follow_redirects=True).text
    assert home.writes() == []
    home.clock.wait(1)
    browser.post("/connect/first-sync/plan", since="90")
    plan = browser.web.context.read(status.latest, "plan")
    assert plan is not None
    sent = browser.post("/connect/first-sync", plan=plan.id)
    assert browser.title(sent.headers["location"]) == "All 9 arrived"
    assert browser.get("/connect/first-sync").headers["location"] == "/sync"


def test_a_plan_that_is_out_of_date_sends_nothing(home: AppFixture, browser: Visit) -> None:
    browser.send_file("/connect/export", "export.zip", export(home))
    browser.post("/connect/first-sync/plan", since="90")
    plan = browser.web.context.read(status.latest, "plan")
    assert plan is not None
    home.forget_requests()
    home.clock.wait(1)
    browser.send_file("/connect/export", "export.zip", export(home))
    assert browser.post("/connect/first-sync", plan=plan.id).status_code == 400
    assert browser.post("/connect/first-sync", plan="").status_code == 400
    assert home.context.read(first_sync.confirmed) is None
    assert home.writes() == []


def test_a_beginning_that_nobody_offered_is_refused(browser: Visit) -> None:
    assert browser.post("/connect/first-sync/plan", since="-5").status_code == 400


# --- what is not taken -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("photo.jpg", b"\xff\xd8\xff\xe0 a picture", "photo.jpg is not an Apple Health export."),
        ("cut.zip", b"PK\x03\x04 and no more", "cut.zip ends early"),
    ],
)
def test_a_wrong_file_is_refused_with_its_own_name_and_a_cure(
    home: AppFixture, browser: Visit, name: str, content: bytes, said: str
) -> None:
    sent = browser.send_file("/connect/export", name, content)
    page = browser.get(sent.headers["location"], follow_redirects=True).text
    assert said in page
    assert "Export" in page
    assert left_over(home) == []


def test_a_zip_bomb_is_refused_and_nothing_of_it_stays(home: AppFixture, browser: Visit, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed,
        packed.open("apple_health_export/export.xml", "w", force_zip64=True) as member,
    ):
        member.write(b"<!DOCTYPE HealthData><HealthData>")
        for _ in range(300):
            member.write(b" " * 2**20)
    sent = browser.send_file("/connect/export", "bomb.zip", bomb.read_bytes())
    assert "size that no Apple Health export has" in browser.get(sent.headers["location"], follow_redirects=True).text
    assert left_over(home) == []


def test_a_damaged_export_keeps_what_could_be_read_and_says_so(home: AppFixture, browser: Visit) -> None:
    whole = export(home)
    sent = browser.send_file("/connect/export", "export.zip", whole[: len(whole) * 2 // 3])
    page = browser.get(sent.headers["location"], follow_redirects=True).text
    assert "Export again on the iPhone" in page
    assert left_over(home) == []


def test_a_form_without_a_file_is_refused(home: AppFixture, browser: Visit) -> None:
    answer = browser.send_file("/connect/export", "", b"")
    assert answer.status_code == 400
    assert "No file came" in answer.text
    assert left_over(home) == []


def test_a_file_from_another_page_is_refused_before_a_byte_is_stored(home: AppFixture, browser: Visit) -> None:
    other = browser.send_file("/connect/export", "export.zip", export(home), headers={"origin": "https://evil.example"})
    stale = browser.send_file("/connect/export", "export.zip", export(home), csrf="nonsense")
    browser.client.cookies.clear()
    stranger = browser.send_file("/connect/export", "export.zip", export(home))
    assert [answer.status_code for answer in (other, stale, stranger)] == [403, 403, 403]
    assert left_over(home) == []
    assert browser.web.context.read(status.latest, "import") is None


def test_a_file_beyond_the_limit_is_refused_before_it_is_sent(
    home: AppFixture, browser: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 1000)
    answer = browser.send_file("/connect/export", "export.zip", export(home))
    assert answer.status_code == 400
    assert "larger than 8 GB" in answer.text


def test_a_full_disk_is_noticed_before_a_byte_is_taken(
    home: AppFixture, browser: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "SPARE", 10**18)
    answer = browser.send_file("/connect/export", "export.zip", export(home))
    assert "Free some space" in answer.text
    assert left_over(home) == []


def test_a_body_that_is_no_form_is_refused(home: AppFixture, browser: Visit) -> None:
    answer = browser.client.post(
        "/connect/export", content=b"PK", headers={"origin": "http://localhost:8787", "content-type": "application/zip"}
    )
    assert answer.status_code == 400
    assert left_over(home) == []


def test_a_path_in_the_file_s_name_leads_nowhere(home: AppFixture, browser: Visit) -> None:
    sent = browser.send_file("/connect/export", "../../companion.sqlite", export(home))
    assert "companion.sqlite" in browser.get(sent.headers["location"], follow_redirects=True).text
    assert sorted(one.name for one in home.context.store.folder.iterdir() if one.suffix == ".part") == []
