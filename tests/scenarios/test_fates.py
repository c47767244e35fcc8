"""Every planned item has a fate, however a run ends, and no item stops another."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from attrs import evolve
from sqlalchemy import select, update

from intervals_companion.app.sync import history
from intervals_companion.app.sync.run import Synced
from intervals_companion.domain.errors import (
    NothingToShow,
    RateLimited,
    ServiceUnreachable,
    SignInExpired,
    StorageError,
    SuspiciousPlan,
)
from intervals_companion.intervals.transport import Transport
from intervals_companion.intervals.wire import Request, Response
from intervals_companion.store import ledger, schema
from intervals_companion.sync import engine
from intervals_companion.sync.run_summary import RunSummary
from intervals_companion.sync.sending import DAYS_AT_ONCE
from intervals_companion.sync.task import Outcome, Sent
from support.app_fixture import TODAY, AppFixture, between, run, steps, weight
from support.crash_injection import Death, Killed, MortalStore

DAYS = [TODAY - timedelta(days=n) for n in range(9, 1, -1)]

HEART_RATE = "HKQuantityTypeIdentifierHeartRate"


def fill(home: AppFixture, workouts: int = 6) -> None:
    home.import_(steps(DAYS[0], 7000), *(element for day in DAYS[:workouts] for element in run(day)))


def told(home: AppFixture, back: int = 0) -> RunSummary:
    return history.account(home.context.read(history.latest, back + 1)[back])


def fates(home: AppFixture, result: Synced) -> tuple[int, int, int, int]:
    """Sent, held, failed, not tried: as the run remembers them, which is as it went."""
    outcome, summary = result.outcome, told(home)
    counted = (summary.arrived, summary.held_count, summary.failed, summary.left)
    assert counted == (len(outcome.sent), len(outcome.held), len(outcome.failed), len(outcome.left))
    assert summary.planned == sum(counted) + summary.linked
    return counted


def losing(home: AppFixture, lost: Callable[[Request], bool]) -> None:
    """From now on these requests get no answer and are not carried out."""
    open_inner = home.context.transport

    @contextmanager
    def opened(origin: str) -> Iterator[Transport]:
        with open_inner(origin) as inner:

            def send(request: Request) -> Response:
                if lost(request):
                    raise ServiceUnreachable("Intervals.icu did not answer in 30 s.", "Try again.")
                return inner(request)

            yield send

    home.context = evolve(home.context, transport=opened)


def is_upload(request: Request) -> bool:
    return request.method == "POST" and "/activities?" in request.url


def uploads(numbers: range) -> Callable[[Request], bool]:
    """Which of the uploads, counted from one."""
    seen: list[Request] = []

    def meant(request: Request) -> bool:
        if is_upload(request):
            seen.append(request)
        return is_upload(request) and len(seen) in numbers

    return meant


# --- one item stops no other -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [None, 500, 422], ids=["no answer", "500", "refused"])
def test_a_workout_that_fails_does_not_stop_those_behind_it(home: AppFixture, answer: int | None) -> None:
    fill(home)
    first = uploads(range(1, 2))
    if answer is None:
        losing(home, first)
    else:
        between(home, lambda request: Response(answer, {}, b"{}") if first(request) else None)
    result = home.sync()
    assert fates(home, result) == (6, 0, 1, 0)
    assert (result.outcome.error, len(home.at_the_service())) == (None, 5)


def test_three_in_a_row_without_an_answer_stop_nothing_while_a_read_is_answered(home: AppFixture) -> None:
    fill(home)
    losing(home, uploads(range(2, 5)))
    result = home.sync()
    assert fates(home, result) == (4, 0, 3, 0)
    assert result.outcome.error is None


def test_where_a_read_is_not_answered_either_the_run_ends_and_the_rest_was_not_tried(home: AppFixture) -> None:
    fill(home)
    second = uploads(range(2, 99))
    down: list[bool] = []

    def lost(request: Request) -> bool:
        down.extend([True] * second(request))
        return bool(down)

    losing(home, lost)
    result = home.sync()
    assert fates(home, result) == (1, 0, 4, 2)  # the first was uploaded, and nobody can say that it is there
    assert isinstance(result.outcome.error, ServiceUnreachable)
    assert [name for name, _ in result.outcome.left] == [one for one, _ in result.outcome.planned][-2:]


def test_days_that_get_no_answer_do_not_stop_the_days_and_workouts_behind_them(home: AppFixture) -> None:
    days = [TODAY - timedelta(days=n) for n in range(DAYS_AT_ONCE + 10, 0, -1)]
    home.import_(*(steps(day, 7000) for day in days), *run(days[-1]))
    seen: list[Request] = []

    def first(request: Request) -> bool:
        seen.extend([request] * (request.method == "PUT"))
        return request.method == "PUT" and len(seen) == 1

    losing(home, first)
    result = home.sync()
    assert fates(home, result) == (11, 0, DAYS_AT_ONCE, 0)
    assert {one.item for one in result.outcome.failed} == {day.isoformat() for day in days[:DAYS_AT_ONCE]}
    assert home.sync().outcome.values_sent == DAYS_AT_ONCE


def test_where_the_service_is_down_the_days_behind_were_not_tried_nor_the_workouts(home: AppFixture) -> None:
    days = [TODAY - timedelta(days=n) for n in range(DAYS_AT_ONCE + 10, 0, -1)]
    home.import_(*(steps(day, 7000) for day in days), *run(days[-1]))
    down: list[bool] = []

    def lost(request: Request) -> bool:
        down.extend([True] * (request.method == "PUT"))
        return bool(down)

    losing(home, lost)
    result = home.sync()
    assert fates(home, result) == (0, 0, DAYS_AT_ONCE, 11)
    assert isinstance(result.outcome.error, ServiceUnreachable)


@pytest.mark.parametrize(("days", "expected"), [(1, (1, 0, 2, 0)), (2, (0, 0, 4, 1))], ids=["two", "four"])
def test_values_that_nobody_can_look_up_do_not_stop_the_workouts_before_there_are_three(
    home: AppFixture, days: int, expected: tuple[int, int, int, int]
) -> None:
    home.import_(*(one for day in DAYS[:days] for one in (steps(day, 7000), weight(day, 74.25))), *run(DAYS[0]))
    sent: list[bool] = []

    def lost(request: Request) -> bool:
        sent.extend([True] * (request.method == "PUT"))
        return bool(sent) and "/wellness" in request.url

    losing(home, lost)
    result = home.sync()
    assert fates(home, result) == expected
    assert isinstance(result.outcome.error, ServiceUnreachable) == bool(result.outcome.left)


# --- however a run ends ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [(429, {"retry-after": "900"}, RateLimited), (401, {}, SignInExpired)],
    ids=["quota ended", "sign-in ended"],
)
def test_where_nothing_more_is_taken_the_rest_was_not_tried(
    home: AppFixture, status: int, headers: dict[str, str], error: type[Exception]
) -> None:
    fill(home)
    third = uploads(range(3, 99))
    between(home, lambda request: Response(status, headers, b"{}") if third(request) else None)
    result = home.sync()
    assert fates(home, result) == (3, 0, 1, 3)
    assert isinstance(result.outcome.error, error)


def test_days_of_a_halved_request_that_were_never_sent_are_told_as_not_tried(home: AppFixture) -> None:
    """Four days are refused as a whole, their first half meets the limit: nobody saw the second half."""
    days = [TODAY - timedelta(days=n) for n in range(4, 0, -1)]
    home.import_(*(weight(day, 74.25) for day in days))
    refusals = iter([Response(422, {}, b"{}"), Response(429, {"retry-after": "900"}, b"{}")])
    between(home, lambda request: next(refusals, None) if request.method == "PUT" else None)
    outcome = home.sync().outcome
    assert isinstance(outcome.error, RateLimited)
    assert outcome.sent == []
    never_sent = {days[2].isoformat(), days[3].isoformat()}
    assert never_sent <= {item for item, _ in outcome.left}
    assert not never_sent & {one.item for one in outcome.failed}


def test_where_uploading_is_forbidden_in_the_midst_the_rest_is_held(home: AppFixture) -> None:
    fill(home)
    third = uploads(range(3, 99))
    between(home, lambda request: Response(403, {}, b"{}") if third(request) else None)
    result = home.sync()
    assert fates(home, result) == (3, 4, 0, 0)
    assert {one.reason for one in result.outcome.held} == {"no_permission"}


def test_where_sending_days_is_forbidden_in_the_midst_all_days_behind_are_held(home: AppFixture) -> None:
    days = [TODAY - timedelta(days=n) for n in range(DAYS_AT_ONCE + 10, 0, -1)]
    home.import_(*(steps(day, 7000) for day in days))
    between(home, lambda request: Response(403, {}, b"{}") if request.method == "PUT" else None)
    assert fates(home, home.sync()) == (0, DAYS_AT_ONCE + 10, 0, 0)


def test_a_run_that_the_person_stops_says_what_was_not_tried(home: AppFixture) -> None:
    fill(home)
    home.forget_requests()
    result = home.sync(should_stop=lambda: len(home.writes()) >= 3)
    assert fates(home, result) == (3, 0, 0, 4)


def test_a_full_disk_in_the_midst_leaves_no_item_without_a_fate(
    home: AppFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(home)
    plain, calls = ledger.put_pending_upload, [0]

    def full(*arguments: object) -> None:
        calls[0] += 1
        if calls[0] == 3:
            raise StorageError("The disk is full.", "Make room.")
        plain(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "put_pending_upload", full)
    result = home.sync()
    assert fates(home, result) == (3, 0, 1, 3)
    assert isinstance(result.outcome.error, StorageError)


def test_a_workout_whose_receipt_could_not_be_written_does_not_count_as_sent(
    home: AppFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, calls = ledger.put_link, [0]

    def full(*arguments: object) -> None:
        calls[0] += 1
        if calls[0] == 3:  # the two before it are in the same transaction
            raise StorageError("The disk is full.", "Make room.")
        plain(*arguments)  # type: ignore[arg-type]

    fill(home)
    monkeypatch.setattr(ledger, "put_link", full)
    assert fates(home, home.sync()) == (1, 0, 0, 6)
    monkeypatch.setattr(ledger, "put_link", plain)
    before = len(home.writes())
    assert fates(home, home.sync()) == (0, 0, 0, 0)
    assert (told(home, 1).arrived, told(home, 1).left) == (7, 0)  # with the sync that sent them
    assert [write for write in home.writes()[before:] if "activities" in write] == []


def test_a_workout_whose_samples_are_damaged_fails_alone(home: AppFixture) -> None:
    fill(home)
    home.sync(dry_run=True)  # the days are made of them before
    with home.context.store.write() as connection:
        blocks = schema.blocks.c
        first = connection.execute(select(blocks.day).where(blocks.type == HEART_RATE).order_by(blocks.day)).scalar()
        damaged = update(schema.blocks).where(blocks.type == HEART_RATE, blocks.day == first).values(rows=b"damaged")
        connection.execute(damaged)
    assert fates(home, home.sync()) == (6, 0, 1, 0)


def test_a_mistake_of_ours_in_the_midst_is_told_with_what_was_not_tried(
    home: AppFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError

    fill(home)
    monkeypatch.setattr(engine, "upload_workouts", broken)
    with pytest.raises(ValueError):
        home.sync()
    assert (told(home).arrived, told(home).left) == (1, 6)


def killed(home: AppFixture, at: Callable[[Request], bool]) -> None:
    """A sync whose process is gone once such a request was carried out: nothing more reaches wire or disk."""
    quiet, death = home.context, Death()
    store = MortalStore(quiet.store.folder)
    store.death = death

    @contextmanager
    def opened(origin: str) -> Iterator[Transport]:
        with quiet.transport(origin) as inner:

            def send(request: Request) -> Response:
                answer = inner(request)
                if at(request):
                    death.dead = True
                    raise Killed
                return answer

            yield send

    home.context = evolve(quiet, store=store, transport=opened)
    with pytest.raises(Killed):
        home.sync()
    home.context = quiet
    store.close()


def cut_off(home: AppFixture, back: int = 0) -> tuple[int, int, int, int]:
    """Of a run that was killed: planned, values, workouts, left."""
    summary = told(home, back)
    assert summary.error is not None
    assert summary.error["cause"] == "The companion was ended while this ran."
    return summary.planned, summary.values, summary.workouts, summary.left


def sent_by(home: AppFixture, number: int) -> int:
    """How many receipts a run has, which is what its account says."""
    items, total = home.context.read(history.sent_items, number)
    account = home.context.read(history.run_details, number).account
    assert account.arrived == total == len(items)
    return total


def test_a_run_that_was_killed_is_told_at_once_and_gets_what_is_found_to_have_arrived(home: AppFixture) -> None:
    """The value was read back; two workouts were sent, and nobody had looked whether they are there."""
    fill(home)
    killed(home, uploads(range(2, 3)))
    assert cut_off(home) == (7, 1, 0, 6)
    result = home.sync()
    assert cut_off(home, back=1) == (7, 1, 2, 4)
    assert (sent_by(home, 1), sent_by(home, 2)) == (3, 4)
    assert (fates(home, result), len(result.outcome.linked)) == ((4, 0, 0, 0), 2)
    assert len(home.at_the_service()) == 6


def test_a_value_that_a_killed_run_sent_is_its_own_not_of_the_one_that_finds_it(home: AppFixture) -> None:
    fill(home)
    killed(home, lambda request: request.method == "PUT")
    assert cut_off(home) == (7, 0, 0, 7)
    home.sync()
    assert cut_off(home, back=1) == (7, 1, 0, 6)
    assert (sent_by(home, 1), sent_by(home, 2)) == (1, 6)


@pytest.mark.parametrize("signal", [KeyboardInterrupt, SystemExit])
def test_a_run_that_a_signal_ends_is_stopped_and_its_account_follows(
    home: AppFixture, signal: type[BaseException]
) -> None:
    fill(home)
    quiet = home.context

    @contextmanager
    def opened(origin: str) -> Iterator[Transport]:
        with quiet.transport(origin) as inner:

            def send(request: Request) -> Response:
                answer = inner(request)
                if request.method == "PUT":
                    raise signal
                return answer

            yield send

    home.context = evolve(quiet, transport=opened)
    with pytest.raises(signal):
        home.sync()
    home.context = quiet
    stopped = home.context.read(history.latest, 1)[0]
    assert (stopped.state, stopped.finished is not None) == ("stopped", True)
    assert (told(home).error or {})["kind"] == "Stopped"
    assert (told(home).arrived, told(home).left) == (0, 7)
    home.sync()
    assert (told(home, back=1).arrived, told(home, back=1).left) == (1, 6)
    assert (sent_by(home, 1), sent_by(home, 2)) == (1, 6)


def test_what_seemed_to_fail_and_is_found_later_is_no_failure_any_more(home: AppFixture) -> None:
    fill(home)
    quiet = home.context
    sent: list[Request] = []

    def unseen(request: Request) -> bool:
        """Every request from the first write on, which is carried out all the same."""
        if request.method == "PUT":
            sent.append(request)
            with quiet.transport("") as inner:
                inner(request)
        return bool(sent)

    losing(home, unseen)
    home.sync()
    failed = told(home).failed
    assert failed
    home.context = quiet
    home.sync()
    assert (told(home, back=1).values, told(home, back=1).failed) == (1, failed - 1)
    assert home.context.read(history.run_details, 1).failed_count == failed - 1


def test_what_a_killed_run_held_is_told_with_its_reason(home: AppFixture) -> None:
    home.type_in(DAYS[0], steps=9000)
    fill(home)
    killed(home, is_upload)
    home.sync()
    cut_off = home.context.read(history.run_details, 1)
    assert [(group.reason, group.count) for group in cut_off.groups] == [("already_there", 1)]
    assert cut_off.account.held == {"already_there": 1}


# --- checked ---------------------------------------------------------------------------------------------------------

STEPS = Sent(DAYS[0].isoformat(), "steps", 7000, None, "read back")
PLANNED = (DAYS[0].isoformat(), "steps")


@pytest.mark.parametrize(
    "outcome",
    [Outcome(planned=(PLANNED,), sent=[STEPS, STEPS]), Outcome(sent=[STEPS])],
    ids=["two fates", "nobody planned it"],
)
def test_an_account_that_does_not_add_up_is_a_mistake_that_shows(outcome: Outcome) -> None:
    with pytest.raises(AssertionError, match="planned items"):
        outcome.check()


def test_a_summary_comes_back_as_it_was_written() -> None:
    summary = RunSummary(
        first="2026-03-01", last="2026-03-02", planned=9, values=1, days=1, workouts=1, written=1, linked=1, agreed=4,
        held={"locked": 1}, failed=2, left=2, reads=5, writes=3, error=ServiceUnreachable("a", "b").as_json(),
    )  # fmt: skip
    assert RunSummary.from_json(json.loads(json.dumps(summary.as_json()))) == summary
    assert summary.planned == summary.done + summary.left


@pytest.mark.parametrize(
    ("error", "suspicious"),
    [
        (SuspiciousPlan("a", "b").as_json(), True),
        (NothingToShow("a", "b").as_json(), False),
        ({"cause": "a", "cure": "b", "exit_code": 1}, True),
        ({"cause": "a", "cure": "b", "exit_code": 6}, False),
        (None, False),
    ],
    ids=["a plan that replaces much", "another end with the same exit code", "written before kinds",
         "another one written before kinds", "no error"],
)  # fmt: skip
def test_what_a_person_may_agree_to_is_told_by_the_kind_of_the_error(
    error: dict[str, object] | None, suspicious: bool
) -> None:
    assert RunSummary.from_json({"error": error}).is_suspicious is suspicious
