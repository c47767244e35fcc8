"""Clients that hold on to what they are given: each request ends, and pages are answered meanwhile."""

from __future__ import annotations

import logging
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from intervals_companion.web.limits import bodies, connections, event_streams
from intervals_companion.web.limits.connections import MOST_SECONDS, Phase
from support.app_fixture import AppFixture
from support.served import Served, read_to_end, served, status, until

FORM = "application/x-www-form-urlencoded"
SHORT = 0.4
"""Seconds that stand in for a limit."""
SCRIPT = "/static/vendor/htmx.min.js"


@pytest.fixture
def server(home: AppFixture, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    for phase in MOST_SECONDS:
        monkeypatch.setitem(MOST_SECONDS, phase, SHORT)
    monkeypatch.setattr(bodies, "FIRST_SECONDS", SHORT)
    with served(home) as made:
        yield made


def dripped(client: socket.socket, drop: bytes = b"a") -> float:
    """How long the other side let a byte after the other come (s)."""
    began = time.monotonic()
    try:
        while time.monotonic() - began < 5:
            client.sendall(drop)
            time.sleep(0.05)
    except OSError:
        pass
    return time.monotonic() - began


# --- time ------------------------------------------------------------------------------------------------------------


def test_a_head_that_drips_is_cut_off(server: Served) -> None:
    with server.connect() as client:
        client.sendall(b"GET /sign-in HTTP/1.1\r\nx: ")
        assert dripped(client) < 4


def test_so_is_the_second_head_of_a_connection(server: Served) -> None:
    with server.connect() as client:
        client.sendall(server.head("GET", "/manifest.webmanifest"))
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
        client.sendall(b"GET /sign-in HTTP/1.1\r\nx: ")
        assert dripped(client) < 4


def test_a_connection_that_says_nothing_is_closed(server: Served) -> None:
    with server.connect(3) as client:
        assert read_to_end(client) == b""


def test_a_form_that_drips_is_refused_with_a_word(server: Served) -> None:
    origin = f"http://localhost:{server.port}"
    with server.connect() as client:
        client.sendall(server.head("POST", "/sign-in", origin=origin, content_type=FORM, content_length=1000))
        assert dripped(client) < 4
    with server.connect() as client:
        client.sendall(server.head("POST", "/sign-in", origin=origin, content_type=FORM, content_length=1000) + b"a")
        said = read_to_end(client)
    assert status(said) == 408
    assert b"The request came too slowly." in said


def test_a_push_that_drips_is_refused_as_pushes_are(server: Served) -> None:
    token = server.device()
    with server.connect() as client:
        head = server.head("POST", "/push/health-auto-export", authorization=f"Bearer {token}", content_length=1000)
        client.sendall(head + b"{")
        said = read_to_end(client)
    assert status(said) == 408
    assert b'"cure"' in said


def test_an_export_that_drips_is_refused_and_leaves_no_file(server: Served) -> None:
    head = server.head(
        "POST", "/connect/export", origin=f"http://localhost:{server.port}", cookie=f"companion={server.cookie}",
        content_length=1000, content_type="multipart/form-data; boundary=x",
    )  # fmt: skip
    with server.connect() as client:
        client.sendall(head + b"--x\r\n")
        assert status(read_to_end(client)) == 408
    assert list(server.home.context.store.folder.glob("upload-*")) == []


def test_a_body_of_a_decent_pace_may_take_longer_than_that(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "FIRST_SECONDS", 1.0)
    monkeypatch.setattr(bodies, "LEAST_BYTES_A_SECOND", 10)
    origin, body = f"http://localhost:{server.port}", b"csrf=" + b"x" * 15
    with server.connect() as client:
        head = server.head("POST", "/sign-in", origin=origin, content_type=FORM, content_length=len(body))
        client.sendall(head)
        for place in range(len(body)):
            client.sendall(body[place : place + 1])
            time.sleep(0.08)
        assert status(client.recv(65536)) not in (408, 503)


def test_who_was_answered_and_goes_on_sending_is_cut_off(server: Served) -> None:
    with server.connect() as client:
        client.sendall(server.head("POST", "/push/health-auto-export", content_length=1_000_000))
        assert client.recv(65536).startswith(b"HTTP/1.1 401")
        assert dripped(client) < 4


def test_who_does_not_read_the_answer_is_cut_off(server: Served) -> None:
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(10)
        client.connect(("127.0.0.1", server.port))
        client.sendall(server.head("GET", SCRIPT) * 150)
        time.sleep(SHORT * 4)
        assert len(read_to_end(client)) < 150 * len(server.get(SCRIPT))


def in_chunks(body: bytes, size: int) -> bytes:
    pieces = (body[place : place + size] for place in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def test_a_body_in_chunks_is_read_and_one_in_crumbs_is_cut_off(server: Served) -> None:
    authorization = f"Bearer {server.device()}"
    head = server.head(
        "POST", "/push/health-auto-export", authorization=authorization, transfer_encoding="chunked", connection="close"
    )
    body = b'{"data": {"metrics": []}}' + b" " * 50_000
    assert status(server.ask(head + in_chunks(body, 100))) == 200
    assert server.ask(head + in_chunks(body, 1)) == b""


def test_several_requests_at_once_are_answered_one_by_one(server: Served) -> None:
    requests = server.head("GET", "/manifest.webmanifest", x="y" * 3000) * 3
    last = server.head("GET", "/manifest.webmanifest", connection="close")
    assert server.ask(requests + last).count(b"HTTP/1.1 200 OK") == 4


# --- how many --------------------------------------------------------------------------------------------------------


def test_of_too_many_connections_those_that_say_nothing_make_room(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 5)
    monkeypatch.setitem(MOST_SECONDS, Phase.HEAD, 20.0)
    with ExitStack() as open_ones:
        silent = [open_ones.enter_context(server.connect(2)) for _ in range(20)]
        assert status(server.get("/today")) == 200
        ended = [client for client in silent[:15] if read_to_end(client) == b""]
        assert len(ended) == 15


def test_event_streams_are_bounded_and_their_pages_stand(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_streams, "MOST_STREAMS", 3)
    watch = server.head("GET", f"/sync/events?job={server.job()}", cookie=f"companion={server.cookie}")
    with ExitStack() as open_ones:
        watching = [open_ones.enter_context(server.connect()) for _ in range(10)]
        statuses = []
        for client in watching:
            client.sendall(watch)
            statuses.append(status(client.recv(65536)))
        assert statuses == [200] * 3 + [503] * 7
        assert status(server.get("/today")) == 200
    until(lambda: status(_first(server, watch)) == 200)


def _first(server: Served, request: bytes) -> bytes:
    with server.connect() as client:
        client.sendall(request)
        return client.recv(65536)


def test_an_event_stream_ends_by_and_by_and_may_be_opened_again(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_streams, "LONGEST_SECONDS", SHORT)
    watch = server.head("GET", f"/sync/events?job={server.job()}", cookie=f"companion={server.cookie}")
    for _ in range(2):
        with server.connect(5) as client:
            client.sendall(watch)
            assert read_to_end(client).endswith(b"0\r\n\r\n")  # whole, as far as the browser can tell


def test_bodies_under_way_take_no_more_room_together(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MOST_BYTES", 100_000)
    monkeypatch.setattr(bodies, "FIRST_SECONDS", 20.0)
    token = server.device()
    head = server.head("POST", "/push/health-auto-export", authorization=f"Bearer {token}", content_length=60_000)
    with server.connect() as first, server.connect() as second:
        for client in (first, second):
            client.sendall(head + b"x" * 59_999)
        (late,), _, _ = select.select([first, second], [], [], 10)
        said = read_to_end(late)
        assert status(said) == 503
        assert b"retry-after" in said.lower()
        early = first if late is second else second
        early.sendall(b"x")
        assert status(early.recv(65536)) == 400  # read to its end: it is no JSON
    assert status(server.ask(head + b"x" * 60_000)) == 400


# --- the log ---------------------------------------------------------------------------------------------------------


def test_the_log_cannot_run_away(server: Served, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(1000):
        logging.getLogger("asyncio").error("socket.accept() out of system resource")
    assert len([one for one in caplog.records if one.name == "asyncio"]) <= 60


def test_requests_nobody_can_read_fill_no_log(server: Served, caplog: pytest.LogCaptureFixture) -> None:
    def spoil() -> None:
        for _ in range(25):
            with server.connect() as client:
                client.sendall(b"\0\r\n\r\n")
                read_to_end(client)

    several = [threading.Thread(target=spoil) for _ in range(4)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    assert len([one for one in caplog.records if one.name == "uvicorn.error" and one.levelno > logging.INFO]) <= 60
