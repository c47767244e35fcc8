"""What the pages about imports say and do, without a browser: the stories walk them in one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from intervals_companion.app.ingest.exports import Answer, import_export
from intervals_companion.domain.samples import Batch
from support.app_fixture import AppFixture, app_fixture
from support.browsers import Browser, browser
from support.store_builders import SCALE, WEIGHT, archived, at, deliver, export, row
from support.two_exports import TwoExports


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    with app_fixture(tmp_path) as made:
        yield made


@pytest.fixture
def phone(home: AppFixture) -> Iterator[Browser]:
    with browser(home) as made:
        yield made.let_in()


@pytest.fixture
def files(home: AppFixture, tmp_path: Path) -> TwoExports:
    return TwoExports(tmp_path, date(2026, 3, 10))


def test_without_data_there_is_a_way_on(phone: Browser) -> None:
    assert "Nothing has arrived from Apple Health yet" in phone.get("/settings/archive").text


def test_what_is_retired_and_by_which_file_is_told(home: AppFixture, phone: Browser, files: TwoExports) -> None:
    import_export(home.context, files.first())
    import_export(home.context, files.second())
    page = phone.get("/settings/archive").text
    assert "second.zip" in page
    assert "BodyMass" in page.partition('id="retired"')[2]
    asked = phone.get("/settings/archive/restore/2").text
    assert "Bring back what it retired?" in asked


def test_a_question_about_no_import_is_none(home: AppFixture, phone: Browser, files: TwoExports) -> None:
    import_export(home.context, files.first())
    for path in ("remove/7", "restore/1", "dance/1", "missing/1", "confirm"):
        assert phone.get(f"/settings/archive/{path}").status_code == 404, path
    assert phone.get("/settings/archive/confirm/1").status_code == 400, "it waits for nothing"


def test_a_file_that_waits_needs_the_athlete(home: AppFixture, phone: Browser, files: TwoExports) -> None:
    import_export(home.context, files.second())
    imported = import_export(home.context, files.of_another_phone())
    assert imported.waits == ("StepCount",)
    assert "may be the wrong one" in phone.get("/today").text
    assert "1 file waits for your answer" in phone.get("/settings/archive").text
    phone.post(f"/settings/archive/second-phone/{imported.import_id}")
    assert "waits for your answer" not in phone.get("/settings/archive").text


@pytest.mark.parametrize("answer", [Answer.RIGHT, Answer.SECOND_PHONE, Answer.PARTIAL])
def test_an_answer_that_was_given_beforehand_asks_nothing(home: AppFixture, files: TwoExports, answer: Answer) -> None:
    import_export(home.context, files.second())
    assert import_export(home.context, files.of_another_phone(), answer=answer).waits == ()


def test_the_wrong_persons_file_waits_however_often_it_is_given(
    home: AppFixture, phone: Browser, files: TwoExports
) -> None:
    import_export(home.context, files.second())
    for _ in range(2):
        assert import_export(home.context, files.of_another_phone()).waits == ("StepCount",)
    assert phone.get("/settings/archive/missing").status_code == 400, (
        "while a file waits it says nothing of what is gone"
    )


def test_what_health_deleted_stays_deleted_when_a_bridge_sends_something_else(home: AppFixture) -> None:
    def weight(hour: int, kilograms: float) -> Batch:
        return Batch(WEIGHT, SCALE, [row(f"2026-03-09 {hour:02}:00", value=kilograms, unit="kg")])

    store, noon = home.context.store, at("2026-03-10 12:00")
    deliver(store, weight(7, 71.0), channel="shortcuts", now=at("2026-03-09 08:00"))
    deliver(store, weight(20, 170.0), channel="shortcuts", now=at("2026-03-09 21:00"))
    export(store, [weight(7, 71.0)], noon)
    deliver(store, weight(8, 72.0), channel="shortcuts", now=noon + 3_600_000)
    assert [one.value for one in archived(store)[WEIGHT, SCALE.key]] == [71.0, 72.0]
