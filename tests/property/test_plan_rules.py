"""Rules that hold for every plan, whatever both sides say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from hypothesis import given
from hypothesis import strategies as some

from intervals_companion.domain import catalogue
from intervals_companion.domain.wellness import Base, Origin, Value, WellnessRecord
from intervals_companion.sync.actions import Action, Agree, Held, Send, WriteValue
from intervals_companion.sync.plan import Wellness, Written, plan_values, with_own_writes
from intervals_companion.sync.policy import Owner, Policy

WEIGHT_TYPE = catalogue.metric("weight").types[0]
DAYS = [date(2026, 3, 1), date(2026, 3, 2)]
METRICS = tuple(catalogue.metric(name) for name in ("weight", "steps", "ActiveEnergy", "menstrualPhase"))

_values = {
    metric.field: (some.just("PERIOD") if metric.field == "menstrualPhase" else some.integers(0, 3).map(metric.round))
    for metric in METRICS
}


FIELDS = [(day, name) for day in DAYS for name in _values]


@some.composite
def sides(draw: some.DrawFn) -> Wellness:
    """Small values, so that equalities of every kind happen often."""
    ours: dict[tuple[date, str], Value] = {}
    base: dict[tuple[date, str], Base] = {}
    theirs: dict[date, WellnessRecord] = {}
    for day in DAYS:
        record: dict[str, Value] = {}
        for name, value in _values.items():
            if draw(some.booleans()):
                ours[day, name] = draw(value)
            if draw(some.booleans()):
                record[name] = draw(value)
            if draw(some.booleans()):
                base[day, name] = Base(draw(value), draw(some.sampled_from(Origin)))
        temporary = frozenset(draw(some.sets(some.sampled_from(["weight"]))))
        theirs[day] = WellnessRecord(day, record, draw(some.booleans()), temporary)
    in_doubt, taken_back = (draw(some.frozensets(some.sampled_from(FIELDS), max_size=3)) for _ in range(2))
    return Wellness(ours, theirs, base, in_doubt, taken_back)


policies = some.builds(
    Policy,
    may_send_values=some.booleans(),
    fields_off=some.frozensets(some.sampled_from(["weight", "steps"])),
    into_health=some.one_of(some.none(), some.just(frozenset()), some.just(frozenset({WEIGHT_TYPE}))),
    defined=some.one_of(some.none(), some.just(frozenset()), some.just(frozenset({"ActiveEnergy"}))),
    owners=some.dictionaries(some.sampled_from(["weight", "steps"]), some.sampled_from(Owner)),
    taken_over=some.frozensets(some.tuples(some.sampled_from(["weight", "all"]), some.sampled_from([None, *DAYS]))),
)


def plan(both: Wellness, policy: Policy) -> list[Action]:
    return list(plan_values(DAYS, METRICS, both, policy))


def carried_out(both: Wellness, actions: list[Action]) -> Wellness:
    """Both sides and the base after everything in the plan has happened."""
    base: dict[tuple[date, str], Base] = dict(both.base)
    records: Mapping[date, dict[str, Value]] = {day: dict(both.theirs[day].values) for day in DAYS}
    temporary = {day: set(both.theirs[day].temporary) for day in DAYS}
    writes: dict[tuple[date, str], Written] = {}
    for action in actions:
        if isinstance(action, Send):
            temporary[action.day].discard(action.field)
            if action.value is None:
                del records[action.day][action.field], base[action.day, action.field]
            else:
                records[action.day][action.field] = action.value
                base[action.day, action.field] = Base(action.value, Origin.SENT)
        elif isinstance(action, Agree):
            if action.value is None:
                del base[action.day, action.field]
            else:
                base[action.day, action.field] = Base(action.value, action.origin)
        elif isinstance(action, WriteValue):
            base[action.day, action.field] = Base(action.value, Origin.TO_HEALTH)
            writes[action.day, action.field] = Written(action.value, action.was)
    theirs = {
        day: WellnessRecord(day, records[day], both.theirs[day].locked, frozenset(temporary[day])) for day in DAYS
    }
    ours = with_own_writes(both.ours, base, writes)
    return Wellness(ours, theirs, base, both.in_doubt, both.taken_back)


@given(sides(), policies)
def test_a_second_plan_does_nothing(both: Wellness, policy: Policy) -> None:
    after = carried_out(both, plan(both, policy))
    assert [action for action in plan(after, policy) if not isinstance(action, Held)] == []


@given(sides(), policies, sides())
def test_what_we_wrote_into_health_is_never_sent_back(both: Wellness, policy: Policy, later: Wellness) -> None:
    actions = plan(both, policy)
    written = {(action.day, action.field) for action in actions if isinstance(action, WriteValue)}
    after = carried_out(both, actions)
    for action in plan(Wellness(after.ours, later.theirs, after.base), policy):  # whatever happens there meanwhile
        assert not isinstance(action, Send) or (action.day, action.field) not in written


@given(sides(), policies)
def test_only_what_intervals_says_is_written_into_health_and_only_where_it_may_be(
    both: Wellness, policy: Policy
) -> None:
    for action in plan(both, policy):
        if isinstance(action, WriteValue):
            assert both.theirs[action.day].values[action.field] == action.value
            assert action.field not in both.theirs[action.day].temporary
            assert WEIGHT_TYPE in (policy.into_health or ())


@given(sides(), policies)
def test_what_health_itself_says_is_replaced_there_only_where_both_sides_had_agreed_on_it(
    both: Wellness, policy: Policy
) -> None:
    for action in plan(both, policy):
        if isinstance(action, WriteValue) and action.was is not None:
            assert both.base[action.day, action.field].value == action.was


@given(sides(), policies)
def test_a_locked_day_is_never_in_an_outgoing_body(both: Wellness, policy: Policy) -> None:
    for action in plan(both, policy):
        if isinstance(action, Send):
            assert not both.theirs[action.day].locked


@given(sides(), policies)
def test_only_what_health_says_is_ever_sent(both: Wellness, policy: Policy) -> None:
    for action in plan(both, policy):
        if isinstance(action, Send):
            assert both.ours.get((action.day, action.field)) == action.value


@given(sides(), policies)
def test_only_what_we_sent_and_health_took_back_is_emptied(both: Wellness, policy: Policy) -> None:
    for action in plan(both, policy):
        if isinstance(action, Send) and action.value is None:
            place = action.day, action.field
            assert place in both.taken_back
            assert place not in both.ours
            assert both.base[place] == Base(action.was or 0, Origin.SENT)


@given(sides(), policies)
def test_nothing_goes_of_what_waits_for_an_answer(both: Wellness, policy: Policy) -> None:
    for action in plan(both, policy):
        if isinstance(action, Send):
            assert (action.day, action.field) not in both.in_doubt


@given(sides(), policies)
def test_what_somebody_else_put_there_is_replaced_only_when_the_person_said_so(both: Wellness, policy: Policy) -> None:
    for action in plan(both, policy):
        if not isinstance(action, Send) or action.was is None:
            continue
        base = both.base.get((action.day, action.field))
        ours_before = base is not None and base.origin is Origin.SENT and base.value == action.was
        assert ours_before or policy.owner(action.field, action.day) is Owner.HEALTH


@given(sides(), policies)
def test_nothing_is_sent_without_the_permission(both: Wellness, policy: Policy) -> None:
    if not policy.may_send_values:
        assert not any(isinstance(action, Send) for action in plan(both, policy))


@given(sides(), policies)
def test_a_field_that_does_not_exist_there_is_never_sent(both: Wellness, policy: Policy) -> None:
    sent = {action.field for action in plan(both, policy) if isinstance(action, Send)}
    assert "ActiveEnergy" not in sent or "ActiveEnergy" in (policy.defined or ())


@given(sides(), policies)
def test_a_lost_base_replaces_nothing(both: Wellness, policy: Policy) -> None:
    lost = Wellness(both.ours, both.theirs, {})
    for action in plan(lost, policy):
        if isinstance(action, Send):
            assert action.was is None or policy.owner(action.field, action.day) is Owner.HEALTH


@given(sides(), policies)
def test_each_day_and_field_gets_at_most_one_action(both: Wellness, policy: Policy) -> None:
    places = [
        (action.item, action.field) if isinstance(action, Held) else (action.day.isoformat(), action.field)
        for action in plan(both, policy)
        if isinstance(action, Held | Send | Agree)
    ]
    assert len(places) == len(set(places))
