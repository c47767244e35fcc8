"""The demo's page: one answer, its reasons, and walls."""

from __future__ import annotations

from attrs import evolve
from starlette.testclient import TestClient

from intervals_companion.app.report import Line, Report
from intervals_companion.web.report_page import create_app

REPORT = Report(
    records=96_478, health_types=39, zone="Europe/Berlin", days=114, values=1574, workouts=53, linked=5, held_count=991,
    failed=0, fields=(Line("Steps", 114, "2026-07-26 to 2026-11-23"),),
    held=(Line("Day is locked.", 150, "Weight and 27 more"),), reads=5, writes=54, seconds=8.9, again_reads=3,
    again_writes=0,
)  # fmt: skip


def page(report: Report = REPORT) -> str:
    return TestClient(create_app(report)).get("/").text


def test_the_answer_is_in_the_title() -> None:
    assert "1,574 values and 53 workouts arrived" in page()


def test_a_second_sync_that_wrote_nothing_is_said_in_words() -> None:
    assert "nothing" in page()
    assert "2 times" in page(evolve(REPORT, again_writes=2))


def test_names_from_outside_are_text_not_markup() -> None:
    assert "<script>" not in page(evolve(REPORT, held=(Line("<script>alert(1)</script>", 1),)))


def test_nothing_is_loaded_from_elsewhere_and_nothing_may_be() -> None:
    answer = TestClient(create_app(REPORT)).get("/")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "https://" not in answer.text
    assert "http://" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert TestClient(create_app(REPORT)).get("/static/report.css").status_code == 200
