"""Which activity is which workout: proved, never guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from attrs import evolve

from intervals_companion.domain.remote_activity import OddRecord, RemoteActivity
from intervals_companion.sync.actions import Action, DeleteLink, Held, Link, Reason, Upload
from intervals_companion.sync.matching import Candidate, behind_a_stub, match, recorded_twice
from intervals_companion.sync.plan_workouts import Workouts, plan_workouts
from intervals_companion.sync.policy import Policy

START = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)
NOW = int((START + timedelta(days=2)).timestamp() * 1000)


def candidate(minutes: float = 0, elapsed: float = 3600, type: str = "Run", rank: int = 0, id: str = "") -> Candidate:
    """A workout that starts so many minutes after START; the athlete lives one hour east of UTC."""
    start = START + timedelta(minutes=minutes)
    return Candidate(
        id=id or f"w{minutes:g}", start=int(start.timestamp() * 1000),
        start_local=(start + timedelta(hours=1)).replace(tzinfo=None), elapsed=elapsed, type=type,
        rank=(rank, 0, "source"),
    )  # fmt: skip


def activity(
    minutes: float = 0, elapsed: int | None = 3600, type: str | None = "Run", id: str = "", **more: str | None
) -> RemoteActivity:
    start = START + timedelta(minutes=minutes)
    return RemoteActivity(
        id=id or f"i{minutes:g}", start=int(start.timestamp() * 1000),
        start_local=(start + timedelta(hours=1)).replace(tzinfo=None), type=type, elapsed=elapsed,
        source=more.get("source", "GARMIN_CONNECT"), external_id=more.get("external_id"),
    )  # fmt: skip


def stub(minutes: float) -> RemoteActivity:
    return evolve(activity(minutes, elapsed=None, type=None, source="STRAVA"), start=None)


def test_the_same_start_length_and_sport_is_the_same_session() -> None:
    assert match([candidate()], [activity(0.9, elapsed=3650)]).sure == {"w0": "i0.9"}


def test_a_minute_is_still_the_same_start() -> None:
    assert match([candidate()], [activity(1)]).sure == {"w0": "i1"}
    assert match([candidate()], [activity(-1)]).sure == {"w0": "i-1"}


def test_a_start_more_than_a_minute_away_is_another_session() -> None:
    assert not match([candidate()], [activity(1.1)]).sure


def test_a_length_may_differ_by_two_per_cent_of_a_long_one() -> None:
    assert match([candidate(elapsed=18_000)], [activity(elapsed=18_300)]).sure
    assert match([candidate(elapsed=3000)], [activity(elapsed=3060)]).sure
    assert not match([candidate(elapsed=2000)], [activity(elapsed=2061)]).sure
    assert not match([candidate(elapsed=18_000)], [activity(elapsed=18_400)]).sure


def test_another_sport_at_the_same_time_is_another_session() -> None:
    assert not match([candidate(type="Run")], [activity(type="Swim")]).sure


def test_sports_that_recorders_disagree_about_are_compatible() -> None:
    assert match([candidate(type="Ride")], [activity(type="GravelRide")]).sure
    assert match([candidate(type="Walk")], [activity(type="Hike")]).sure
    assert match([candidate(type="WeightTraining")], [activity(type="Workout")]).sure


def test_two_activities_that_fit_are_never_guessed_between() -> None:
    found = match([candidate()], [activity(0, id="a"), activity(0.5, id="b")])
    assert not found.sure
    assert found.ambiguous == {"w0"}


def test_two_workouts_that_fit_one_activity_are_both_ambiguous() -> None:
    found = match([candidate(0), candidate(0.5)], [activity(0.2)])
    assert found.ambiguous == {"w0", "w0.5"}


def test_two_runs_of_a_day_stay_two() -> None:
    found = match([candidate(0), candidate(300)], [activity(0), activity(300)])
    assert found.sure == {"w0": "i0", "w300": "i300"}


def test_a_start_in_a_wrong_zone_is_found_where_only_one_fits() -> None:
    assert match([candidate()], [activity(120)]).sure == {"w0": "i120"}
    assert match([candidate()], [activity(-345)]).sure == {"w0": "i-345"}  # Nepal: 5 h 45 min


def test_a_linked_activity_that_cannot_be_read_still_counts_as_there() -> None:
    sides = Workouts([candidate()], [], {"w0": "odd"}, odd=[OddRecord("odd")])
    assert list(plan_workouts(sides, Policy(), NOW)) == []


def test_one_of_ours_that_cannot_be_read_is_linked_by_its_mark() -> None:
    sides = Workouts([candidate()], [], odd=[OddRecord("odd", external_id="w0")])
    assert list(plan_workouts(sides, Policy(), NOW)) == [Link("w0", "odd", "external_id")]


def test_beside_a_record_without_an_id_nothing_is_known_to_be_deleted() -> None:
    sides = Workouts([candidate()], [], {"w0": "gone"}, odd=[OddRecord()])
    assert list(plan_workouts(sides, Policy(), NOW)) == [Held("w0", "workout", Reason.VANISHED)]
    assert list(plan_workouts(evolve(sides, odd=[OddRecord("i1")]), Policy(), NOW)) == [DeleteLink("w0")]


def test_the_farthest_zones_are_fourteen_hours_apart() -> None:
    assert match([candidate()], [activity(14 * 60 + 1)]).sure
    assert match([candidate()], [activity(-14 * 60 - 1)]).sure
    assert not match([candidate()], [activity(14 * 60 + 1.1)]).sure


def test_a_shift_that_no_zone_has_is_no_match() -> None:
    assert not match([candidate()], [activity(127)]).sure
    assert not match([candidate()], [activity(14 * 60 + 15)]).sure


def test_two_shifted_activities_prove_nothing() -> None:
    found = match([candidate()], [activity(120), activity(180)])
    assert not found.sure
    assert not found.ambiguous


def test_an_exact_match_is_taken_before_a_shifted_one() -> None:
    assert match([candidate()], [activity(0), activity(60)]).sure == {"w0": "i0"}


def test_an_activity_without_an_instant_is_compared_by_wall_clock() -> None:
    assert match([candidate()], [evolve(activity(0), start=None)]).sure == {"w0": "i0"}


def test_an_activity_that_says_only_its_moving_time_is_compared_by_that() -> None:
    assert match([candidate()], [evolve(activity(elapsed=None), moving=3590)]).sure == {"w0": "i0"}


def test_two_activities_at_one_moment_can_be_told_apart_by_sport() -> None:
    found = match([candidate()], [activity(id="a", type="Swim"), activity(id="b", type="Run")])
    assert found.sure == {"w0": "b"}


def test_an_activity_without_a_length_proves_nothing() -> None:
    assert not match([candidate()], [activity(elapsed=None)]).sure


def test_a_strava_stub_stands_within_five_minutes() -> None:
    assert behind_a_stub([candidate()], [stub(4)]) == {"w0"}
    assert behind_a_stub([candidate()], [stub(5)]) == {"w0"}
    assert not behind_a_stub([candidate()], [stub(6)])


def test_one_session_recorded_by_watch_and_app_counts_once() -> None:
    watch, app = candidate(0, rank=0), candidate(2, elapsed=3300, rank=2)
    assert recorded_twice([app, watch]) == {"w2": "w0"}


def test_a_recording_that_is_linked_already_counts_before_a_better_one() -> None:
    watch, app = candidate(0, rank=0), candidate(2, elapsed=3300, rank=2)
    assert recorded_twice([app, watch], settled={"w2"}) == {"w0": "w2"}


def test_three_quarters_of_the_longer_one_are_enough() -> None:
    assert recorded_twice([candidate(0), candidate(15, elapsed=2700, rank=2)]) == {"w15": "w0"}
    assert not recorded_twice([candidate(0), candidate(15.1, elapsed=2694, rank=2)])


def test_another_sport_at_the_same_time_is_no_second_recording() -> None:
    assert not recorded_twice([candidate(0), candidate(1, type="Swim", rank=2)])


def test_a_long_recording_holds_together_what_lies_within_it() -> None:
    long, short, copy = candidate(0, elapsed=7200), candidate(30, elapsed=600), candidate(60, elapsed=3600)
    assert recorded_twice([long, short, copy, candidate(61, elapsed=3540, rank=2)]) == {"w61": "w60"}


def test_a_cooldown_after_a_run_is_no_second_recording() -> None:
    assert not recorded_twice([candidate(0), candidate(55, elapsed=600)])


# --- the plan ---------------------------------------------------------------------------------------------------------


def planned(sides: Workouts, policy: Policy | None = None, now: int = NOW) -> list[Action]:
    return list(plan_workouts(sides, policy or Policy(), now))


def reasons(actions: list[Action]) -> list[Reason]:
    return [action.reason for action in actions if isinstance(action, Held)]


def test_a_workout_only_health_knows_is_uploaded() -> None:
    assert planned(Workouts([candidate()], [])) == [Upload("w0")]


def test_a_linked_workout_is_never_uploaded_again() -> None:
    assert planned(Workouts([candidate()], [activity()], links={"w0": "i0"})) == []


def test_a_linked_workout_that_got_more_samples_is_held() -> None:
    sides = Workouts([candidate()], [activity()], links={"w0": "i0"}, outdated=frozenset({"w0"}))
    assert reasons(planned(sides)) == [Reason.FILE_WOULD_DIFFER]


def test_its_own_external_id_links_a_workout_whatever_else_fits() -> None:
    mine = activity(7, external_id="w0", source="OAUTH_CLIENT")
    assert planned(Workouts([candidate()], [activity(0), mine])) == [Link("w0", "i7", "external_id")]


def test_a_workout_that_is_there_already_is_linked_not_sent() -> None:
    assert planned(Workouts([candidate()], [activity(0.5)])) == [Link("w0", "i0.5", "matched")]


def test_its_own_external_id_takes_the_activity_from_all_others() -> None:
    mine = activity(0, external_id="w0", source="OAUTH_CLIENT")
    assert planned(Workouts([candidate(0), candidate(60)], [mine])) == [Link("w0", "i0", "external_id"), Upload("w60")]


def test_a_workout_that_two_activities_fit_is_held() -> None:
    held = planned(Workouts([candidate()], [activity(0, id="a"), activity(0.5, id="b")]))
    assert held == [Held("w0", "workout", Reason.AMBIGUOUS)]


def test_an_activity_linked_to_another_workout_takes_no_part() -> None:
    sides = Workouts([candidate(0), candidate(60)], [activity(0)], links={"w0": "i0"})
    assert planned(sides) == [Upload("w60")]


def test_a_linked_activity_that_is_gone_is_buried() -> None:
    assert planned(Workouts([candidate()], [], links={"w0": "i0"})) == [DeleteLink("w0")]


def test_what_is_buried_never_comes_back() -> None:
    assert reasons(planned(Workouts([candidate()], [], tombstoned=frozenset({"w0"})))) == [Reason.DELETED]


def test_a_list_that_lost_nearly_everything_buries_nothing() -> None:
    ours = [candidate(300 * n) for n in range(10)]
    links = {workout.id: f"i{n}" for n, workout in enumerate(ours)}
    assert reasons(planned(Workouts(ours, [], links=links))) == [Reason.VANISHED] * 10


def test_a_few_deleted_activities_are_believed() -> None:
    ours = [candidate(300 * n) for n in range(5)]
    links = {workout.id: f"i{n}" for n, workout in enumerate(ours)}
    assert planned(Workouts(ours, [], links=links)) == [DeleteLink(workout.id) for workout in ours]
    six = [*ours, candidate(1500)]
    links["w1500"] = "i5"
    assert reasons(planned(Workouts(six, [], links=links))) == [Reason.VANISHED] * 6


def test_half_of_many_is_not_nearly_everything() -> None:
    ours = [candidate(300 * n) for n in range(12)]
    links = {workout.id: f"i{300 * n}" for n, workout in enumerate(ours)}
    half = [activity(300 * n) for n in range(6)]
    assert not reasons(planned(Workouts(ours, half, links=links)))


def test_a_workout_behind_a_strava_stub_is_held() -> None:
    assert reasons(planned(Workouts([candidate()], [stub(1)]))) == [Reason.THROUGH_STRAVA]


def test_a_sport_that_is_off_is_not_uploaded() -> None:
    policy = Policy(sports_off=frozenset({"Run"}))
    assert reasons(planned(Workouts([candidate()], []), policy)) == [Reason.SPORT_OFF]


def test_a_workout_waits_until_it_is_fifteen_minutes_old() -> None:
    end = int(START.timestamp() * 1000) + 3_600_000
    sides = Workouts([candidate()], [])
    assert reasons(planned(sides, now=end + 15 * 60_000 - 1)) == [Reason.TOO_FRESH]
    assert planned(sides, now=end + 15 * 60_000) == [Upload("w0")]


def test_without_the_permission_a_workout_is_held() -> None:
    assert reasons(planned(Workouts([candidate()], []), Policy(may_upload=False))) == [Reason.NO_PERMISSION]


def test_of_two_recordings_one_goes() -> None:
    actions = planned(Workouts([candidate(0), candidate(2, elapsed=3300, rank=2)], []))
    assert Upload("w0") in actions
    assert reasons(actions) == [Reason.RECORDED_TWICE]


def test_a_better_recording_of_a_linked_session_is_not_uploaded_beside_it() -> None:
    sides = Workouts([candidate(0), candidate(2, elapsed=3300, rank=2)], [activity(2)], links={"w2": "i2"})
    assert reasons(planned(sides)) == [Reason.RECORDED_TWICE]
