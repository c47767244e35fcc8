"""The listener of `companion login`: one answer counts, and nothing else ends the waiting."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from io import StringIO
from urllib.parse import urlsplit

import pytest

from intervals_companion.cli.oauth_loopback import Landing, landing

STATE = "5f" * 32
RIGHT = f"/?code=abc&state={STATE}"


@pytest.fixture
def here() -> Iterator[Landing]:
    with landing() as made:
        made.expect(STATE)
        yield made


def place(here: Landing) -> str:
    return urlsplit(here.redirect).netloc


def ask(here: Landing, target: str, host: str | None = None) -> int:
    with socket.create_connection(("127.0.0.1", int(place(here).partition(":")[2])), timeout=5) as client:
        client.sendall(f"GET {target} HTTP/1.0\r\nHost: {host or place(here)}\r\n\r\n".encode())
        return int(client.recv(65536).split(b" ")[1])


def test_the_answer_with_its_state_is_taken(here: Landing) -> None:
    assert ask(here, RIGHT) == 200
    assert here.wait() == RIGHT


def test_so_is_the_word_that_the_person_declined(here: Landing) -> None:
    assert ask(here, f"/?error=access_denied&state={STATE}") == 200
    assert here.wait().startswith("/?error=access_denied")


OTHERS = [
    "/", "/?code=abc", "/?error=access_denied", f"/?state={STATE}", "/?code=abc&state=",
    f"/?code=abc&state={STATE[:-1]}", f"/?code=abc&state={STATE}&state=x", f"/other?code=abc&state={STATE}",
    f"http://evil.example/?code=a&state={STATE}",
    f"http://evil.example:80/?code=a&state={STATE}", "/favicon.ico",
    f"//evil.example/?code=abc&state={STATE}", "http://[",
]  # fmt: skip


@pytest.mark.parametrize("target", OTHERS)
def test_every_other_address_is_ignored_and_the_waiting_goes_on(here: Landing, target: str) -> None:
    assert ask(here, target) == 404
    assert ask(here, RIGHT) == 200
    assert here.wait() == RIGHT


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", "localhost", "localhost:1", "evil@localhost"])
def test_under_another_name_it_is_ignored(here: Landing, host: str) -> None:
    assert ask(here, RIGHT, host) == 404
    assert ask(here, RIGHT) == 200


def test_nothing_is_taken_before_the_sign_in_has_begun() -> None:
    with landing() as early:
        assert ask(early, "/?code=abc&state=") == 404


def test_connections_that_say_nothing_do_not_hold_it_up(here: Landing) -> None:
    with ExitStack() as held:
        for _ in range(10):
            held.enter_context(socket.create_connection(("127.0.0.1", int(place(here).partition(":")[2])), timeout=5))
        assert ask(here, RIGHT) == 200


def test_a_pasted_line_that_is_no_answer_is_said_and_the_next_is_taken(
    here: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    lines = f"\nhello\nhttp://localhost/?code=a&state=b\n{here.redirect}{RIGHT[1:]}\n"
    monkeypatch.setattr("sys.stdin", StringIO(lines))
    here.listen_to_terminal(lambda: said.append("no"))
    assert here.wait() == here.redirect + RIGHT[1:]
    assert said == ["no", "no"]


def test_it_ends_while_somebody_holds_on() -> None:
    with ExitStack() as held:
        with landing() as made:
            address = ("127.0.0.1", int(place(made).partition(":")[2]))
            held.enter_context(socket.create_connection(address, timeout=5))
        assert all("serve_forever" not in one.name for one in threading.enumerate())
