"""What a sign-in may do: parsing what was granted, comparing it with what is needed, and the words for it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.intervals.protocol import OPERATIONS
from intervals_companion.intervals.scopes import (
    BLOCKS,
    REQUESTED,
    Area,
    Grant,
    Level,
    Scope,
    cure,
    expanded,
    missing,
    off,
    requested,
)

AREAS = st.sampled_from([*(area.value for area in Area), "GEAR", "ROUTES"])
SCOPES = st.builds(Scope, AREAS, st.sampled_from([level.value for level in Level]))
GRANTS = st.builds(Grant, st.lists(SCOPES))
WELLNESS_READ, WELLNESS_WRITE = Scope("WELLNESS", "READ"), Scope("WELLNESS", "WRITE")


def test_the_documented_token_answer_is_understood() -> None:
    grant = Grant.parse("ACTIVITY:WRITE,WELLNESS:READ")
    assert grant.scopes == {Scope("ACTIVITY", "WRITE"), WELLNESS_READ}


def test_update_includes_read() -> None:
    assert Grant.parse("WELLNESS:WRITE").covers(WELLNESS_READ)


def test_read_does_not_include_update() -> None:
    assert not Grant.parse("WELLNESS:READ").covers(WELLNESS_WRITE)


def test_an_area_the_service_adds_later_is_kept() -> None:
    assert str(Grant.parse("GEAR:WRITE,ACTIVITY:READ,beta")) == "ACTIVITY:READ,BETA,GEAR:WRITE"


@pytest.mark.parametrize("text", ["", "  ", ",", " , ,"])
def test_an_empty_grant_allows_nothing(text: str) -> None:
    assert missing(Grant.parse(text), expanded(REQUESTED)) == expanded(REQUESTED)


@given(st.lists(SCOPES), st.randoms(), st.sampled_from([",", " ", ", ", " ,\t", ",,"]))
def test_order_spaces_and_repetition_do_not_matter(scopes: list[Scope], random: Random, separator: str) -> None:
    shuffled = [str(scope) for scope in scopes] * 2
    random.shuffle(shuffled)
    assert Grant.parse(f" {separator.join(shuffled)} ") == Grant(scopes)


@given(GRANTS)
def test_a_grant_written_down_reads_back_the_same(grant: Grant) -> None:
    assert Grant.parse(str(grant)) == grant


@given(GRANTS)
def test_two_grants_that_allow_the_same_are_equal(grant: Grant) -> None:
    spelled_out = [Scope(scope.area, Level.READ) for scope in grant.scopes]
    assert Grant([*grant.scopes, *spelled_out]) == grant


@given(GRANTS, st.lists(SCOPES))
def test_missing_and_covered_together_are_what_was_needed(grant: Grant, needed: list[Scope]) -> None:
    lacking = missing(grant, needed)
    assert [scope for scope in needed if scope not in lacking] == [scope for scope in needed if grant.covers(scope)]
    assert all(not grant.covers(scope) for scope in lacking)


@given(GRANTS, SCOPES)
def test_a_wider_grant_never_covers_less(grant: Grant, more: Scope) -> None:
    wider = Grant([*grant.scopes, more])
    assert wider.covers(more)
    assert all(wider.covers(scope) for scope in grant.scopes)


@given(GRANTS)
def test_whoever_may_update_may_read(grant: Grant) -> None:
    assert all(grant.covers(Scope(scope.area, Level.READ)) for scope in grant.scopes)


def test_an_api_key_may_do_everything() -> None:
    assert not missing(Grant.everything(), [Scope(area, level) for area in Area for level in Level])


@pytest.mark.parametrize("create_fields", [False, True])
def test_each_area_is_asked_for_once(create_fields: bool) -> None:
    """The service rejects a repeated area with "Duplicate scope"."""
    areas = [word.partition(":")[0] for word in requested(create_fields=create_fields).split(",")]
    assert len(areas) == len(set(areas))
    assert set(areas) <= set(Area)


def test_settings_may_be_updated_only_when_fields_are_to_be_created() -> None:
    update = Scope("SETTINGS", "WRITE")
    assert not Grant.parse(requested()).covers(update)
    assert Grant.parse(requested(create_fields=True)).covers(update)


def test_what_is_asked_for_allows_every_operation() -> None:
    needed = [scope for scope in OPERATIONS.values() if scope]
    assert not missing(Grant.parse(requested(create_fields=True)), needed)


def test_an_update_shows_two_boxes() -> None:
    assert expanded("WELLNESS:WRITE,CALENDAR:READ") == (WELLNESS_READ, WELLNESS_WRITE, Scope("CALENDAR", "READ"))


@pytest.mark.parametrize("scope", expanded(requested(create_fields=True)), ids=str)
def test_each_box_that_is_asked_for_says_what_it_blocks(scope: Scope) -> None:
    assert BLOCKS[scope]


def test_a_missing_box_is_named_in_the_services_own_words() -> None:
    assert off(WELLNESS_WRITE) == "Wellness Data, Update is off."
    assert BLOCKS[WELLNESS_WRITE] == "sleep, HRV, weight and other daily values stay on this machine"
    assert cure(WELLNESS_WRITE) == (
        "Log out, log back in and make sure Read and Update are checked beside Wellness Data."
    )


def test_a_box_nobody_here_knows_is_named_as_the_service_wrote_it() -> None:
    assert off(Scope("GEAR", "ADMIN")) == "GEAR, ADMIN is off."
    assert cure(Scope("GEAR", "ADMIN")).endswith("make sure ADMIN is checked beside GEAR.")
