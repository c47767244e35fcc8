"""companion feed, show and comment as a person or a script runs them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from e2e.test_cli import differences, documented
from intervals_sandbox.server import running
from support.assistant import comments, point, use
from support.terminal import TODAY, Terminal, command


@pytest.fixture
def signed_in(terminal: Terminal) -> Terminal:
    terminal.sign_in()
    return terminal


def activities(terminal: Terminal, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = terminal.json("feed", *options)["activities"]
    return found


def plain(terminal: Terminal) -> dict[str, Any]:
    """The newest one of a friend that is shared whole and has no comments."""
    return next(one for one in activities(terminal) if one["hidden"] is None and one["comments"] == 0)


def said(terminal: Terminal, activity: str) -> list[str]:
    sandbox = terminal.sandbox.sandbox
    with sandbox.lock:
        chat = sandbox.state.chat_of(sandbox.state.activities[activity])
        found = [] if chat is None else list(chat.messages.values())
        return [one["content"] for one in found if one["athlete_id"] == sandbox.you.id and "deleted" not in one]


def order(terminal: Terminal, *faults: tuple[str, str, str, int]) -> None:
    """method, path, kind, how often"""
    with terminal.sandbox.sandbox.lock:
        terminal.sandbox.sandbox.faults.order(
            [
                {"method": method, "path_prefix": path, "kind": kind, "times": times}
                for method, path, kind, times in faults
            ]
        )


# --- the documented shapes -------------------------------------------------------------------------------------------


def test_the_json_of_the_three_commands_is_as_documented(signed_in: Terminal) -> None:
    answers = {"feed": signed_in.json("feed")}
    talked = next(one for one in answers["feed"]["activities"] if one["comments"] != 0)
    answers["comment"] = signed_in.json("comment", talked["id"], "Well done")
    answers["show"] = signed_in.json("show", talked["id"])
    wrong = {name: list(differences(answer, documented(name))) for name, answer in answers.items()}
    assert not any(wrong.values()), wrong
    assert answers["show"]["comments"]


# --- feed ------------------------------------------------------------------------------------------------------------


def test_the_feed_is_newest_first_and_asks_again_only_when_it_is_old(signed_in: Terminal) -> None:
    first = activities(signed_in)
    days = [one["start_local"][:10] for one in first]
    assert days == sorted(days, reverse=True)
    assert len({one["athlete"]["id"] for one in first}) > 3
    signed_in.sandbox.sandbox.log.clear()
    assert activities(signed_in) == first
    assert signed_in.sandbox.sandbox.log.as_json() == []


def test_the_feed_can_be_narrowed(signed_in: Terminal) -> None:
    everything = activities(signed_in)
    one = everything[0]
    by_id = activities(signed_in, "--athlete", one["athlete"]["id"])
    assert by_id == [each for each in everything if each["athlete"] == one["athlete"]]
    assert activities(signed_in, "--athlete", one["athlete"]["name"].split()[0].lower()) == by_id
    assert {each["type"] for each in activities(signed_in, "--sport", "Ride")} == {"Ride"}
    coached = {each["id"] for each in signed_in.json("feed")["athletes"] if each["coached"]}
    assert {each["athlete"]["id"] for each in activities(signed_in, "--coached")} == coached
    assert {each["start_local"][:10] for each in activities(signed_in, "--days", "1", "--until", "2020-01-01")} == set()


@pytest.mark.parametrize(
    "options",
    [("--days", "0"), ("--days", "366"), ("--until", "soon"), ("--athlete", "Nobody"), ("--athlete", "a")],
)
def test_what_cannot_be_meant_is_a_usage_error(signed_in: Terminal, options: tuple[str, ...]) -> None:
    done = signed_in("feed", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_more_days_are_read_back(signed_in: Terminal) -> None:
    short, long = activities(signed_in), activities(signed_in, "--days", "40")
    assert len(long) > len(short)
    assert [one["id"] for one in long[: len(short)]] == [one["id"] for one in short]


def test_the_feed_in_words(signed_in: Terminal) -> None:
    done = signed_in("feed")
    assert done.returncode == 0
    assert "Fitness" in done.stdout
    assert "Hidden by Strava" in done.stdout


@pytest.mark.parametrize("arguments", [("feed",), ("show", "i1"), ("comment", "i1", "Well done")])
def test_nobody_signed_in(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    done = terminal(*arguments)
    assert done.returncode == (4 if arguments == ("feed",) else 1)
    assert "Traceback" not in done.stderr


@pytest.fixture
def without_key(tmp_path: Path) -> Iterator[Terminal]:
    """Signed in by the browser, in an account that never made a key."""
    with running(today=TODAY, api_key=False) as sandbox:
        terminal = Terminal(tmp_path / "home", sandbox)
        process = terminal.start("login", "--no-browser")
        assert process.stdout is not None
        url = next(line.strip() for line in process.stdout if line.strip().startswith("http"))
        with terminal.person() as person:
            landing = person.allow(url)
        process.communicate(f"{landing}\n", timeout=30)
        assert process.returncode == 0
        yield terminal


def test_without_a_key_the_feed_says_how_to_get_one(without_key: Terminal) -> None:
    done = without_key("feed")
    assert (done.returncode, done.stdout) == (5, "")
    assert "Developer Settings" in done.stderr
    assert without_key.json("feed", code=5).keys() == {"error"}


# --- show ------------------------------------------------------------------------------------------------------------


def test_an_activity_is_shown_with_its_comments(signed_in: Terminal) -> None:
    one = plain(signed_in)
    signed_in.json("comment", one["id"], "Well done \U0001f4aa")
    shown = signed_in.json("show", one["id"])
    assert (shown["id"], shown["athlete"]["you"]) == (one["id"], False)
    assert [(each["text"], each["athlete"]["you"]) for each in shown["comments"]] == [("Well done \U0001f4aa", True)]
    words = signed_in("show", one["id"]).stdout
    assert "Well done \U0001f4aa" in words
    assert one["athlete"]["name"] in words


def test_what_strava_hides_is_shown_as_that(signed_in: Terminal) -> None:
    stub = next(one for one in activities(signed_in) if one["hidden"] == "strava")
    shown = signed_in.json("show", stub["id"])
    assert (shown["name"], shown["hidden"], shown["comments"]) == ("Hidden by Strava", "strava", [])


@pytest.mark.parametrize("name", ["i1", "", "../athlete/0", "<script>", "i1'; DROP TABLE others", "\u202ei1"])
@pytest.mark.parametrize("what", ["show", "comment"])
def test_an_id_of_nothing_is_told(signed_in: Terminal, what: str, name: str) -> None:
    done = signed_in(what, name, *(["Well done"] if what == "comment" else []))
    assert (done.returncode, done.stdout) == (1, "")
    assert "no such activity" in done.stderr


# --- comment ---------------------------------------------------------------------------------------------------------


def test_a_comment_comes_from_the_command_or_from_standard_input(signed_in: Terminal) -> None:
    one = plain(signed_in)["id"]
    assert signed_in("comment", one, "First").stdout == "Sent.\n"
    assert signed_in("comment", one, "-", typed="Second,\non two lines\n").returncode == 0
    assert signed_in("comment", one, "-no option").returncode == 0
    assert said(signed_in, one) == ["First", "Second,\non two lines", "-no option"]


def test_what_was_written_here_is_read_back_by_a_client_that_others_wrote(
    signed_in: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    point(monkeypatch, signed_in.sandbox)
    activity = plain(signed_in)["id"]
    number = signed_in.json("comment", activity, "Well done 👏 <b>שלום</b>")["comment"]
    told = [(one["id"], one["name"], one["content"]) for one in comments(activity)]
    assert told == [(number, signed_in.sandbox.sandbox.you.name, "Well done 👏 <b>שלום</b>")]
    use("icu_add_activity_message", activity_id=activity, content="From elsewhere")
    signed_in.json("comment", activity, "And again")
    shown = [one["text"] for one in signed_in.json("show", activity)["comments"]]
    assert shown == [one["content"] for one in comments(activity)]
    assert shown[1:] == ["From elsewhere", "And again"]


def test_the_same_command_on_purpose_is_another_comment(signed_in: Terminal) -> None:
    one = plain(signed_in)["id"]
    numbers = [signed_in.json("comment", one, "Well done")["comment"] for _ in range(2)]
    assert len(set(numbers)) == 2
    assert said(signed_in, one) == ["Well done", "Well done"]


@pytest.mark.parametrize(("text", "code"), [("", 2), (" \n ", 2), ("x" * 10_001, 2), ("x" * 10_000, 0)])
def test_a_comment_has_one_to_ten_thousand_characters(signed_in: Terminal, text: str, code: int) -> None:
    one = plain(signed_in)["id"]
    assert signed_in("comment", one, "-", typed=text).returncode == code
    assert len(said(signed_in, one)) == (code == 0)


def test_what_is_no_text_is_damaged_input(signed_in: Terminal) -> None:
    one = plain(signed_in)["id"]
    done = subprocess.run(
        [command(), "comment", one, "-"], input=b"caf\xe9 \xff", capture_output=True, timeout=60, check=False,
        env=signed_in.environment(PYTHONUTF8="1"),
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert b"UTF-8" in done.stderr
    assert said(signed_in, one) == []
    assert os.environ.get("COMPANION_HOME") is None


@pytest.mark.parametrize("kind", ["timeout_after", "truncated", "500_after"])
def test_an_outcome_nobody_knows_ends_with_six_and_the_same_command_again_is_one_comment(
    signed_in: Terminal, kind: str
) -> None:
    """Nothing answers after the comment was written; then all is well again."""
    one = plain(signed_in)["id"]
    messages = f"/api/v1/activity/{one}/messages"
    order(signed_in, ("POST", messages, kind, 1))
    _lose_reads_after_the_first(signed_in, messages)
    done = signed_in("comment", one, "Well done")
    assert done.returncode == 6, done.stderr
    assert "same command again" in done.stderr
    assert said(signed_in, one) == ["Well done"]
    order(signed_in)
    again = signed_in.json("comment", one, "Well done")
    assert again["what"] == "had_arrived"
    assert said(signed_in, one) == ["Well done"]


def _lose_reads_after_the_first(terminal: Terminal, messages: str) -> None:
    """Faults are met in order: the first read is let through once the comment's own fault has been met."""
    sandbox = terminal.sandbox.sandbox
    inner = sandbox.faults.take
    written: list[bool] = []

    def take(method: str, path: str) -> str | None:
        if method == "POST" and path.startswith(messages):
            written.append(True)
        if method == "GET" and path.startswith(messages) and len(written) == 1 and sandbox.faults.as_json() == []:
            return "503"
        return inner(method, path)

    order_inner = sandbox.faults.order

    def order_anew(faults: Any) -> None:
        sandbox.faults.take = inner  # type: ignore[method-assign]
        order_inner(faults)

    sandbox.faults.take = take  # type: ignore[method-assign]
    sandbox.faults.order = order_anew  # type: ignore[method-assign]


def test_a_comment_that_was_never_written_is_sent_by_the_same_command_again(signed_in: Terminal) -> None:
    one = plain(signed_in)["id"]
    order(signed_in, ("POST", "/api/", "timeout_before", 1))
    assert signed_in("comment", one, "Well done").returncode == 6
    assert said(signed_in, one) == []
    assert signed_in.json("comment", one, "Well done")["what"] == "sent"
    assert said(signed_in, one) == ["Well done"]


def test_a_refused_comment_can_be_sent_later(signed_in: Terminal) -> None:
    one = plain(signed_in)
    with signed_in.sandbox.sandbox.lock:
        signed_in.sandbox.sandbox.state.activities[one["id"]].private = True
    assert signed_in("comment", one["id"], "Well done").returncode == 5
    with signed_in.sandbox.sandbox.lock:
        signed_in.sandbox.sandbox.state.activities[one["id"]].private = False
    assert signed_in("comment", one["id"], "Well done").returncode == 0
    assert said(signed_in, one["id"]) == ["Well done"]


def test_a_killed_command_run_again_is_one_comment(signed_in: Terminal) -> None:
    """The answer takes a while; the process is killed when the comment was written."""
    one = plain(signed_in)["id"]
    sandbox = signed_in.sandbox.sandbox
    sandbox.latency = 1.0
    process = signed_in.start("comment", one, "Well done")
    for _ in range(600):
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
        if said(signed_in, one):
            process.kill()
            break
    process.communicate(timeout=30)
    sandbox.latency = 0.0
    assert said(signed_in, one) == ["Well done"]
    again = signed_in("comment", one, "Well done")
    assert again.returncode in (0, 7)
    assert said(signed_in, one) == ["Well done"]


def test_nothing_that_was_printed_holds_the_key(signed_in: Terminal) -> None:
    one = plain(signed_in)["id"]
    signed_in("comment", one, "Well done")
    signed_in("show", one)
    signed_in("feed")
    assert not any((signed_in.sandbox.sandbox.you.api_key or "") in words for words in signed_in.said)
