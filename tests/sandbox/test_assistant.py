"""The tools that others wrote for chat assistants (the package intervals-icu-mcp) read and write the same comments."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from intervals_sandbox.server import Running, running
from intervals_sandbox.state import Chat
from sandbox.harness import TODAY
from support.assistant import comments, point, use


@pytest.fixture(scope="module")
def served() -> Iterator[Running]:
    with running(today=TODAY) as own:
        yield own


@pytest.fixture(autouse=True)
def signed_in(served: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    point(monkeypatch, served)


def _talk(served: Running) -> list[Chat]:
    """The latest chats about activities, yours and those of others."""
    return list(served.sandbox.state.chats.values())[-5:]


def test_it_reads_the_comments_on_everybodys_activities(served: Running) -> None:
    for chat in _talk(served):
        told = [(row["id"], row["name"], row.get("content")) for row in comments(chat.activity_id)]
        assert told == [(row["id"], row["name"], row.get("content")) for row in chat.messages.values()]


def test_what_it_writes_is_there_for_others_to_read(served: Running) -> None:
    (chat, *_) = _talk(served)
    use("icu_add_activity_message", activity_id=chat.activity_id, content="From elsewhere 👏")
    last = comments(chat.activity_id)[-1]
    assert (last["name"], last["content"]) == (served.sandbox.you.name, "From elsewhere 👏")
    assert chat.messages[last["id"]]["content"] == "From elsewhere 👏"


def test_it_lists_whom_you_follow(served: Running) -> None:
    told = {athlete["athlete_id"] for athlete in use("icu_list_athletes")["athletes"]}
    assert told == {served.sandbox.you.id, *served.sandbox.you.follows}


def test_it_reads_the_activities_of_somebody_you_follow(served: Running) -> None:
    friend = min(served.sandbox.you.follows)
    told = use("icu_get_activities_by_date", athlete_id=friend, oldest="2026-11-01", newest=str(TODAY))
    done = [one for one in served.sandbox.state.activities_of(friend) if str(one.day) >= "2026-11"]
    assert {row["id"] for row in told["activities"]} == {one.id for one in done}
