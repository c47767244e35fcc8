"""What the doctor says of the sign-in at Intervals.icu, of its boxes and of the API key."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.doctor import checks, cures, intervals, key
from intervals_companion.doctor.checks import Check, State
from intervals_companion.doctor.cures import Act, Face
from intervals_companion.doctor.intervals import NEEDED, OWN_DATA, ScopeState, SignIn, Trouble
from intervals_companion.doctor.key import Key
from intervals_companion.domain import catalogue
from intervals_companion.domain.scope_check import ScopeCheck
from intervals_companion.intervals.scopes import AREA_WORDS, REQUESTED, Area, Grant, Level, Scope

WELLNESS_UPDATE = Scope(Area.WELLNESS, Level.WRITE)
TRAVELLING = ("Sleep", "HRV (SDNN)", "Weight", "Steps", "Blood oxygen")


def who(scope: str = REQUESTED, **more: Any) -> SignIn:
    return SignIn(name="Mika (i1)", by_key=False, grant=Grant.parse(scope), **more)


def without(scope: Scope) -> str:
    """The scope string after this box was left unticked; Update cannot be ticked without Read."""
    kept = {
        other for other in NEEDED if other != scope and not (other.area == scope.area and scope.level == Level.READ)
    }
    return ",".join(map(str, kept))


def found(sign_in: SignIn | None, name: str) -> Check:
    return next(check for check in intervals.examine(sign_in, TRAVELLING) if check.id == name)


def name_of(scope: Scope) -> str:
    levels = {Level.READ: "read", Level.WRITE: "update"}
    return f"{AREA_WORDS[scope.area]}-{levels[Level(scope.level)]}".replace(" ", "-").lower()


def words(check: Check, face: Face = Face.WEB) -> str:
    return " ".join(step.plain for step in cures.told(check.cure, face))


# --- boxes -----------------------------------------------------------------------------------------------------------


def test_the_matrix_has_a_row_for_each_area_and_a_dash_where_nothing_is_needed() -> None:
    rows = {row.words: (row.read, row.update) for row in intervals.matrix(who())}
    assert list(rows) == ["Activities", "Wellness Data", "Calendar", "Chats", "Settings"]
    assert rows["Wellness Data"] == (ScopeState.GRANTED, ScopeState.GRANTED)
    assert rows["Calendar"] == rows["Settings"] == (ScopeState.GRANTED, ScopeState.NOT_NEEDED)


def test_a_box_is_proved_by_an_answer_granted_by_the_sign_in_and_missing_without_either() -> None:
    proofs = {Scope(Area.WELLNESS, Level.READ): ScopeCheck(True, 5)}
    row = next(row for row in intervals.matrix(who("WELLNESS:WRITE", proofs=proofs)) if row.area == Area.WELLNESS)
    assert (row.read, row.update) == (ScopeState.PROVED, ScopeState.GRANTED)
    row = next(row for row in intervals.matrix(who("WELLNESS:READ")) if row.area == Area.WELLNESS)
    assert (row.read, row.update) == (ScopeState.GRANTED, ScopeState.MISSING)


def test_a_refusal_counts_for_more_than_what_the_sign_in_said() -> None:
    refused = who(proofs={WELLNESS_UPDATE: ScopeCheck(False, 5)})
    assert intervals.scope_state(refused, WELLNESS_UPDATE) is ScopeState.MISSING
    assert found(refused, "wellness-data-update").state is State.BLOCKED


@pytest.mark.parametrize("scope", NEEDED, ids=str)
def test_each_scope_is_seen_missing_with_what_it_blocks_and_its_cure(scope: Scope) -> None:
    check = found(who(without(scope)), name_of(scope))
    assert check.state is (State.BLOCKED if scope in OWN_DATA else State.WARNING)
    assert check.blocks
    assert AREA_WORDS[scope.area] in words(check)
    assert any(step.drawing == f"consent:{scope}" for step in cures.told(check.cure, Face.WEB))
    assert found(who(), name_of(scope)).state is State.OK


@pytest.mark.parametrize("scope", NEEDED, ids=str)
def test_only_own_data_counts_for_the_banner(scope: Scope) -> None:
    area_gone = scope.level == Level.READ and scope.area in (Area.ACTIVITY, Area.WELLNESS)
    assert intervals.blocked(who(without(scope))) == (2 if area_gone else int(scope in OWN_DATA))
    assert intervals.blocked(who()) == 0


def test_what_a_missing_wellness_box_keeps_back_is_counted_and_named() -> None:
    check = found(who(without(WELLNESS_UPDATE)), "wellness-data-update")
    assert check.cause == "Wellness Data, Update is off."
    assert check.blocks == ("5 values a day: sleep, HRV, weight and 2 more stay on this machine. Workouts still go out")
    both_off = who("ACTIVITY:READ,WELLNESS:READ")
    assert "Workouts" not in found(both_off, "wellness-data-update").blocks


def test_the_cure_of_own_data_names_both_areas_and_both_boxes() -> None:
    said = words(found(who(without(WELLNESS_UPDATE)), "wellness-data-update"))
    assert "make sure Activities and Wellness Data have both Read and Update checked" in said
    assert said.endswith("Press OK. What was held goes out by itself.")


def test_a_terminal_and_a_browser_are_told_the_same_steps_and_log_out_in_their_own_way() -> None:
    cure = found(who(without(WELLNESS_UPDATE)), "wellness-data-update").cure
    terminal, web, document = (cures.told(cure, face) for face in Face)
    assert [step.plain for step in terminal[:2]] == ["Run: companion logout", "Run: companion login"]
    assert web[0].text.startswith("Press **Log out and sign in**")
    assert [step.plain for step in document[:3]] == ["Open Settings.", "Press Logout.", "Log back in."]
    assert terminal[2:] == web[1:] == document[3:]


# --- the sign-in -----------------------------------------------------------------------------------------------------


def test_nobody_signed_in_blocks_everything() -> None:
    (check,) = intervals.examine(None)
    assert (check.id, check.state) == ("sign-in", State.BLOCKED)
    assert intervals.matrix(None) == ()
    assert intervals.blocked(None) == 1


def test_a_dead_sign_in_says_why_and_has_one_cure() -> None:
    (check,) = intervals.examine(who(alive=False))
    assert check.state is State.BLOCKED
    assert check.cause == (
        "This sign-in no longer works: another device signed in, or access was removed at Intervals.icu."
    )
    assert check.cure == cures.SIGN_IN
    assert intervals.blocked(who(alive=False)) == 1


def test_a_service_that_does_not_answer_is_unknown_and_blocks_nothing() -> None:
    down = who(trouble=Trouble("Intervals.icu could not be reached.", "Check the internet connection."))
    check = found(down, "sign-in")
    assert (check.state, check.cause) == (State.UNKNOWN, "Intervals.icu could not be reached.")
    assert intervals.blocked(down) == 0
    assert not checks.own_data_travels(intervals.examine(down))


def test_a_sign_in_at_another_service_is_named() -> None:
    other = who(elsewhere=Trouble("You are signed in elsewhere.", "Sign in here."))
    assert found(other, "sign-in").cause == "You are signed in elsewhere."
    assert intervals.matrix(other) == ()


def test_a_key_has_all_rights_and_no_boxes() -> None:
    by_key = SignIn(name="Mika (i1)", by_key=True, grant=Grant.everything())
    (check,) = intervals.examine(by_key)
    assert check.cause == "Signed in as Mika (i1) by an API key: a key has all rights."
    assert intervals.matrix(by_key) == ()


def test_a_dead_key_asks_for_a_new_one_not_for_boxes() -> None:
    (check,) = intervals.examine(SignIn(name="", by_key=True, grant=Grant.everything(), alive=False))
    assert "API key" in check.cause
    assert Act.SIGN_IN in check.cure
    assert "box" not in words(check)


def test_a_stuck_token_is_cured_by_a_full_logout() -> None:
    check = found(who(stuck=True), "streams")
    assert check.state is State.WARNING
    assert "Full Logout" in words(check)
    assert "companion logout" in words(check, Face.TERMINAL)
    assert "streams" not in [one.id for one in intervals.examine(who())]


def test_custom_fields_that_do_not_exist_are_named() -> None:
    custom = {metric.field for metric in catalogue.metrics() if metric.custom}
    check = found(who(defined=frozenset(custom - {"DeepSleep"})), "custom-fields")
    assert (check.state, "DeepSleep" in check.cause) == (State.WARNING, True)
    assert found(who(defined=frozenset(custom)), "custom-fields").state is State.OK


# --- the key ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (Key.REFUSED, "Copy the key"),
        (Key.NONE, "Generate"),
        (Key.UNSEEN, "Paste it"),
        (Key.UNTICKED, "Read is checked beside Settings"),
    ],
)
def test_each_state_of_the_key_has_a_cure_of_its_own_and_blocks_nothing_of_ones_own(state: Key, says: str) -> None:
    (check,) = key.examine(state)
    assert check.state is State.WARNING
    assert check.dismissible
    assert "your own sync works without it" in check.blocks
    assert says in words(check)


@pytest.mark.parametrize("state", [Key.WORKS, Key.UNWANTED])
def test_a_key_that_works_or_is_not_wanted_is_no_finding(state: Key) -> None:
    (check,) = key.examine(state)
    assert (check.state, check.cure) == (State.OK, ())


def test_a_key_that_could_not_be_tried_is_not_spoken_of() -> None:
    assert list(key.examine(None)) == []


def test_a_key_is_generated_in_the_words_of_the_screen() -> None:
    (check,) = key.examine(Key.NONE)
    said = words(check, Face.DOCUMENT)
    assert all(
        word in said for word in ("intervals.icu/settings", "Developer Settings", "(view)", "Generate", "Logout")
    )


# --- rules -----------------------------------------------------------------------------------------------------------

BOXES = st.sets(st.sampled_from(NEEDED)).map(lambda some: ",".join(map(str, some)))
PROOFS = st.dictionaries(st.sampled_from(NEEDED), st.booleans().map(lambda allowed: ScopeCheck(allowed, 1)))


@given(BOXES, PROOFS, st.sampled_from([None, True, False]), st.booleans())
def test_whatever_is_not_well_says_what_it_blocks_and_how_to_cure_it(
    granted: str, proofs: dict[Scope, ScopeCheck], alive: bool | None, stuck: bool
) -> None:
    sign_in = who(granted, proofs=proofs, alive=alive, stuck=stuck)
    for check in intervals.examine(sign_in, TRAVELLING):
        assert (check.cure == ()) is (check.state is State.OK)
        assert bool(check.blocks) is (check.state is not State.OK)
        for face in Face:
            assert cures.told(check.cure, face) or check.state is State.OK
    blocked = [check for check in intervals.examine(sign_in) if check.state is State.BLOCKED]
    assert intervals.blocked(sign_in) == len(blocked)
    assert all(check.id == "sign-in" or check.id.startswith(("activities", "wellness")) for check in blocked)


def test_only_what_keeps_ones_own_data_here_is_said_to_block() -> None:
    for check in (*intervals.examine(who("")), *intervals.examine(None)):
        assert check.consequence.startswith("Blocks ") is (check.state is State.BLOCKED)
    settings = found(who(without(Scope(Area.SETTINGS, Level.READ))), "settings-read")
    assert settings.consequence.startswith("Custom fields are not known")
