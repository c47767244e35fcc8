"""The decision table of docs/sync-rules.md, row for row."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from intervals_companion.domain import catalogue
from intervals_companion.domain.wellness import Base, Origin, Value, WellnessRecord
from intervals_companion.sync.actions import Action, Agree, Held, Reason, Send, Why, WriteValue
from intervals_companion.sync.plan import (
    MOST_REPLACED,
    Field,
    Wellness,
    Written,
    decide_value,
    moves_days,
    plan_values,
    replaces_too_much,
    with_own_writes,
)
from intervals_companion.sync.policy import Owner, Policy

DAY = date(2026, 3, 1)
WEIGHT, STEPS, ENERGY = (catalogue.metric(name) for name in ("weight", "steps", "ActiveEnergy"))
ALLOWED = Policy(defined=frozenset({"ActiveEnergy"}))


def sent(value: Value) -> Base:
    return Base(value, Origin.SENT)


def found(value: Value) -> Base:
    return Base(value, Origin.FOUND)


def to_health(value: Value) -> Base:
    return Base(value, Origin.TO_HEALTH)


def outcome(action: Action | None) -> str | None:
    """An action in a word: `send 80`, `agree sent`, the reason it is held, or None."""
    match action:
        case Send(value=value):
            return f"send {value}"
        case Agree(origin=origin):
            return f"agree {origin}"
        case Held(reason=reason):
            return reason
    return None


# `steps` goes one way, `weight` both ways. Values: ours, theirs, base.
ROWS: list[tuple[str, str, Value | None, Value | None, Base | None, bool, str | None]] = [
    # T = O
    ("both have the same, first meeting", "steps", 80, 80, None, False, "agree found"),
    ("both have the same, the base is unchanged", "steps", 80, 80, sent(80), False, None),
    ("both have the same, the base was another", "steps", 80, 80, sent(70), False, "agree found"),
    ("both have the same on a locked day", "steps", 80, 80, None, True, "agree found"),
    # locked
    ("a locked day is never sent", "steps", 80, None, None, True, "locked"),
    ("a locked day holds a correction", "steps", 81, 80, sent(80), True, "locked"),
    ("a locked day without ours has nothing to hold", "steps", None, 80, sent(80), True, None),
    # no O
    ("nobody has anything", "steps", None, None, None, False, None),
    ("only theirs, one-way field", "steps", None, 80, None, False, None),
    ("only theirs, two-way field", "weight", None, 80.0, None, False, "health_is_not_written"),
    ("absence deletes nothing", "weight", None, 80.0, sent(80.0), False, None),
    ("theirs changed while ours is gone", "steps", None, 81, sent(80), False, "edited"),
    ("theirs changed, Health's last value was ours", "weight", None, 81.0, to_health(80.0), False,
     "health_is_not_written"),
    ("theirs is gone too", "steps", None, None, sent(80), False, None),
    # no T
    ("only ours", "steps", 80, None, None, False, "send 80"),
    ("cleared there stays cleared", "steps", 80, None, sent(80), False, "cleared"),
    ("cleared there until Health’s value changes", "steps", 81, None, sent(80), False, "send 81"),
    # both, and they differ
    ("Health corrected what we sent", "steps", 81, 80, sent(80), False, "send 81"),
    ("theirs was never ours", "steps", 81, 80, found(80), False, "not_ours"),
    ("theirs came from there into Health", "weight", 81.0, 80.0, to_health(80.0), False, "not_ours"),
    ("theirs was edited, one-way field", "steps", 80, 82, sent(80), False, "edited"),
    ("theirs was edited, two-way field", "weight", 80.0, 82.0, sent(80.0), False, "health_is_not_written"),
    ("first meeting", "steps", 81, 80, None, False, "already_there"),
    ("all three differ", "steps", 81, 82, sent(80), False, "conflict"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "ours", "theirs", "base", "locked", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_the_decision_table(
    name: str, ours: Value | None, theirs: Value | None, base: Base | None, locked: bool, expected: str | None
) -> None:
    action = decide_value(catalogue.metric(name), DAY, ours, theirs, base, locked, ALLOWED)
    assert outcome(action) == expected


TAKEN_BACK: list[tuple[str, Value | None, Value | None, Base | None, bool, bool, str | None]] = [
    # name, ours, theirs, base, locked, in doubt, expected
    ("deleted in Health, it is emptied there", None, 80, sent(80), False, False, "send None"),
    ("deleted in Health on a locked day", None, 80, sent(80), True, False, "locked"),
    ("deleted in Health, and edited there", None, 81, sent(80), False, False, "edited"),
    ("deleted in Health, and never ours", None, 80, found(80), False, False, None),
    ("deleted on both sides, nothing is agreed on any more", None, None, sent(80), False, False, "agree sent"),
    ("deleted by a file that waits for an answer", None, 80, sent(80), False, True, None),
    ("changed by a file that waits for an answer", 81, 80, sent(80), False, True, "waits"),
    ("new by a file that waits for an answer", 81, None, None, False, True, "waits"),
    ("the same on both sides is never in doubt", 80, 80, None, False, True, "agree found"),
]


@pytest.mark.parametrize(
    ("ours", "theirs", "base", "locked", "in_doubt", "expected"),
    [row[1:] for row in TAKEN_BACK],
    ids=[row[0] for row in TAKEN_BACK],
)
def test_what_health_took_back(
    ours: Value | None, theirs: Value | None, base: Base | None, locked: bool, in_doubt: bool, expected: str | None
) -> None:
    action = decide_value(STEPS, DAY, ours, theirs, base, locked, ALLOWED, in_doubt=in_doubt, taken_back=True)
    assert outcome(action) == expected


def test_a_correction_is_told_from_late_samples() -> None:
    for taken_back, why in ((True, Why.CORRECTED), (False, None)):
        action = decide_value(STEPS, DAY, 81, 80, sent(80), False, ALLOWED, taken_back=taken_back)
        assert isinstance(action, Send)
        assert action.why is why


@pytest.mark.parametrize(
    ("theirs", "base"), [(80, None), (80, found(80)), (82, sent(80))], ids=["first meeting", "never ours", "conflict"]
)
def test_taking_over_a_field_sends_ours_where_it_would_have_asked(theirs: Value, base: Base | None) -> None:
    policy = evolve(ALLOWED, taken_over=frozenset({("steps", None)}))
    assert outcome(decide_value(STEPS, DAY, 81, theirs, base, False, policy)) == "send 81"


def test_taking_over_one_day_leaves_the_next_as_it_was() -> None:
    policy = evolve(ALLOWED, taken_over=frozenset({("steps", DAY)}))
    other = date(2026, 3, 2)
    assert outcome(decide_value(STEPS, DAY, 81, 80, None, False, policy)) == "send 81"
    assert outcome(decide_value(STEPS, other, 81, 80, None, False, policy)) == "already_there"


def test_taking_over_all_reaches_every_field() -> None:
    policy = evolve(ALLOWED, taken_over=frozenset({("all", None)}))
    assert outcome(decide_value(WEIGHT, DAY, 81.0, 80.0, None, False, policy)) == "send 81.0"


def test_a_field_that_belongs_to_intervals_keeps_theirs() -> None:
    policy = evolve(ALLOWED, owners={"steps": Owner.INTERVALS})
    assert outcome(decide_value(STEPS, DAY, 81, 82, sent(80), False, policy)) == "theirs"


def test_a_lock_is_stronger_than_taking_over() -> None:
    policy = evolve(ALLOWED, taken_over=frozenset({("all", None)}))
    assert outcome(decide_value(STEPS, DAY, 81, 80, None, True, policy)) == "locked"


def test_without_the_permission_what_would_be_sent_is_held() -> None:
    policy = evolve(ALLOWED, may_send_values=False)
    assert outcome(decide_value(STEPS, DAY, 80, None, None, False, policy)) == "no_permission"


def test_a_custom_field_that_does_not_exist_is_left_out_and_named() -> None:
    action = decide_value(ENERGY, DAY, 600, None, None, False, evolve(ALLOWED, defined=frozenset()))
    assert isinstance(action, Held)
    assert (action.field, action.reason) == ("ActiveEnergy", Reason.NO_CUSTOM_FIELD)


def test_custom_fields_that_may_not_be_read_are_not_said_to_be_missing() -> None:
    action = decide_value(ENERGY, DAY, 600, None, None, False, evolve(ALLOWED, defined=None))
    assert outcome(action) == "custom_fields_unseen"


INTO_HEALTH = evolve(ALLOWED, into_health=frozenset({"HKQuantityTypeIdentifierBodyMass"}))


@pytest.mark.parametrize(
    ("ours", "theirs", "base", "written"),
    [(None, 80.0, None, 80.0), (None, 81.0, to_health(80.0), 81.0), (80.0, 82.0, sent(80.0), 82.0)],
    ids=["only theirs", "theirs changed, Health's last value was ours", "theirs was edited"],
)
def test_where_health_can_be_written_theirs_goes_into_it(
    ours: Value | None, theirs: Value, base: Base | None, written: Value
) -> None:
    action = decide_value(WEIGHT, DAY, ours, theirs, base, False, INTO_HEALTH)
    assert action == WriteValue(DAY, "weight", written, was=ours)


def test_a_one_way_field_is_never_written_into_health() -> None:
    assert decide_value(STEPS, DAY, None, 80, None, False, INTO_HEALTH) is None


def test_where_writing_was_refused_it_is_held_and_said() -> None:
    policy = evolve(ALLOWED, into_health=frozenset())
    assert outcome(decide_value(WEIGHT, DAY, None, 80.0, None, False, policy)) == "write_is_off"


WRITTEN = {(DAY, "weight"): Written(82.0, instead=80.0)}


def test_what_we_wrote_is_what_health_says_while_its_own_word_stays_the_same() -> None:
    agreed = {(DAY, "weight"): to_health(82.0)}
    assert with_own_writes({(DAY, "weight"): 80.0}, agreed, WRITTEN) == {(DAY, "weight"): 82.0}
    assert with_own_writes({(DAY, "weight"): 83.0}, agreed, WRITTEN) == {(DAY, "weight"): 83.0}


def test_a_write_that_was_never_confirmed_does_not_count() -> None:
    for base in ({}, {(DAY, "weight"): sent(80.0)}, {(DAY, "weight"): to_health(81.0)}):
        assert with_own_writes({(DAY, "weight"): 80.0}, base, WRITTEN) == {(DAY, "weight"): 80.0}


def test_where_health_said_nothing_itself_it_goes_on_saying_nothing() -> None:
    written = {(DAY, "weight"): Written(82.0, instead=None)}
    assert with_own_writes({}, {(DAY, "weight"): to_health(82.0)}, written) == {}


def test_equality_is_of_whole_precisions_never_of_a_tolerance() -> None:
    assert outcome(decide_value(WEIGHT, DAY, 74.25, 74.2509, None, False, ALLOWED)) == "agree found"
    assert outcome(decide_value(WEIGHT, DAY, 74.25, 74.26, None, False, ALLOWED)) == "already_there"


def test_what_is_held_carries_all_three_values() -> None:
    action = decide_value(STEPS, DAY, 81, 82, sent(80), False, ALLOWED)
    assert action == Held(DAY.isoformat(), "steps", Reason.CONFLICT, ours=81, theirs=82, base=80)


def test_what_is_sent_says_what_stood_there() -> None:
    assert decide_value(STEPS, DAY, 81, 80, sent(80), False, ALLOWED) == Send(DAY, "steps", 81, was=80)


def test_only_the_custom_fields_that_exist_are_sent() -> None:
    policy = evolve(ALLOWED, defined=frozenset({"RestingEnergy"}))
    assert outcome(decide_value(ENERGY, DAY, 600, None, None, False, policy)) == "no_custom_field"


def test_every_field_of_every_day_is_compared_with_its_own_other_side() -> None:
    tomorrow = date(2026, 3, 2)
    ours = {(DAY, "weight"): 74.2, (DAY, "steps"): 80, (tomorrow, "steps"): 90}
    theirs = {DAY: WellnessRecord(DAY, {"weight": 75.0, "steps": 80}), tomorrow: WellnessRecord(tomorrow)}
    sides = Wellness(ours, theirs, {})
    policy = evolve(ALLOWED, fields_off=frozenset({"weight"}))
    both = [outcome(action) for action in plan_values([DAY, tomorrow], (WEIGHT, STEPS), sides, ALLOWED)]
    assert both == ["already_there", "agree found", "send 90"]
    without = [outcome(action) for action in plan_values([DAY, tomorrow], (WEIGHT, STEPS), sides, policy)]
    assert without == ["agree found", "send 90"]


def test_a_value_carried_in_from_the_settings_counts_as_absent() -> None:
    record = WellnessRecord(DAY, {"weight": 80.0}, temporary=frozenset({"weight"}))
    sides = Wellness({(DAY, "weight"): 74.2}, {DAY: record}, {})
    assert [outcome(action) for action in plan_values([DAY], (WEIGHT,), sides, ALLOWED)] == ["send 74.2"]


def test_a_field_that_is_off_is_not_planned_at_all() -> None:
    sides = Wellness({(DAY, "steps"): 80}, {}, {})
    assert not list(plan_values([DAY], (STEPS,), sides, evolve(ALLOWED, fields_off=frozenset({"steps"}))))


def test_a_field_the_catalogue_has_off_can_be_turned_on() -> None:
    quality = catalogue.metric("sleepQuality")
    sides = Wellness({(DAY, "sleepQuality"): 2}, {}, {})
    assert not list(plan_values([DAY], (quality,), sides, ALLOWED))
    assert list(plan_values([DAY], (quality,), sides, evolve(ALLOWED, fields_on=frozenset({"sleepQuality"}))))


def replacing(number: int) -> list[Action]:
    return [Send(DAY, f"field{n}", 1, 2) for n in range(number)]


def agreed(number: int) -> set[Field]:
    return {(DAY, f"field{n}") for n in range(number)}


def test_a_plan_that_replaces_most_of_what_was_agreed_is_suspicious() -> None:
    many = MOST_REPLACED + 2
    assert replaces_too_much(replacing(many), agreed(many)) is not None
    assert replaces_too_much(replacing(many), agreed(2 * many - 1)) is not None
    assert replaces_too_much(replacing(many), agreed(2 * many)) is None


def test_what_was_never_agreed_on_is_not_counted_as_replaced() -> None:
    assert replaces_too_much(replacing(100), agreed(0)) is None


def test_another_zone_than_what_was_sent_in_says_how_much_would_change() -> None:
    words = moves_days(replacing(3), agreed(2), "Europe/Berlin", "Asia/Tokyo")
    assert words is not None
    assert "2 values" in words
    assert "Europe/Berlin" in words
    assert "Asia/Tokyo" in words


def test_the_same_zone_or_a_zone_that_changes_no_value_is_no_reason_to_stop() -> None:
    assert moves_days(replacing(3), agreed(3), "Asia/Tokyo", "Asia/Tokyo") is None
    assert moves_days(replacing(3), agreed(3), None, "Asia/Tokyo") is None
    assert moves_days(replacing(3), agreed(0), "Europe/Berlin", "Asia/Tokyo") is None


def test_a_first_sync_is_not_suspicious_however_large() -> None:
    many: list[Action] = [Send(DAY, f"field{n}", 1, None) for n in range(10_000)]
    assert replaces_too_much(many, agreed(10_000)) is None


def test_a_few_corrections_are_not_suspicious() -> None:
    assert replaces_too_much(replacing(MOST_REPLACED), agreed(MOST_REPLACED)) is None
