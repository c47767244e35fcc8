"""The transport against a socket on this machine that behaves badly. Timeouts are a fraction of a second."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from intervals_companion.domain.errors import CompanionError, ServiceUnreachable, UsageError
from intervals_companion.intervals import protocol
from intervals_companion.intervals.client import IntervalsClient, Requests, default_transport
from intervals_companion.intervals.limits import TokenBucket
from intervals_companion.intervals.retry import TRIES
from support.intervals_calls import BEARER, FIT, TOKEN

Use = Callable[[IntervalsClient], object]


def upload(client: IntervalsClient) -> object:
    return client.ask(protocol.upload(FIT, "a.fit", name="Run", external_id="ic1-1-2", device_name="Apple Watch"))


Behaviour = Callable[[socket.socket], None]
PATIENCE = 0.2


@contextmanager
def service(behave: Behaviour) -> Iterator[str]:
    """The origin of a socket on this machine that treats every connection like this, then closes it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    behave(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def _at_once(_seconds: float) -> None: ...


def athlete(client: IntervalsClient) -> object:
    return client.ask(protocol.athlete())


def ask(origin: str, use: Use = athlete) -> tuple[IntervalsClient, CompanionError | None]:
    with default_transport(origin, PATIENCE) as transport:
        client = IntervalsClient(
            origin, BEARER, transport, rate_limiter=TokenBucket(time.monotonic, _at_once), sleep=_at_once
        )
        try:
            use(client)
        except CompanionError as error:
            return client, error
        return client, None


def closes(_connection: socket.socket) -> None:
    """Takes the request and hangs up."""


def truncates(connection: socket.socket) -> None:
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"id": "i1", "na')


def stammers(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")


def zips_badly(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello")


def answers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-RateLimit-Limit: 1,2\r\nContent-Length: 12\r\n\r\n" + b'{"id": "i1"}')


def redirects(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 308 Permanent Redirect\r\nLocation: https://x.invalid/\r\nContent-Length: 0\r\n\r\n")


def test_a_whole_answer_comes_through() -> None:
    with service(answers) as origin:
        client, error = ask(origin)
    assert error is None
    assert client.requests == Requests(read=1)


def test_a_service_on_this_machine_is_not_asked_for_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with service(answers) as origin:
        _, error = ask(origin)
    assert error is None


@pytest.mark.parametrize("behave", [closes, truncates, stammers, zips_badly])
@pytest.mark.parametrize(("use", "times"), [(athlete, TRIES), (upload, 1)], ids=["read", "write"])
def test_an_answer_that_did_not_arrive_whole_is_no_answer(behave: Behaviour, use: Use, times: int) -> None:
    with service(behave) as origin:
        client, error = ask(origin, use)
    assert isinstance(error, ServiceUnreachable)
    assert error.cause == "The connection broke off before the whole answer came."
    assert client.requests.read + client.requests.write == times


def test_a_refused_connection_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        origin = f"http://127.0.0.1:{server.getsockname()[1]}"
    _, error = ask(origin)
    assert isinstance(error, ServiceUnreachable)
    assert error.cause == "Intervals.icu could not be reached."


def _wait_for(done: threading.Event) -> None:
    done.wait(10)


def test_a_slow_service_is_given_up_after_the_time_that_is_named() -> None:
    done = threading.Event()
    with service(lambda _connection: _wait_for(done)) as origin:
        _, error = ask(origin, upload)
        done.set()
    assert isinstance(error, ServiceUnreachable)
    assert error.cause == "Intervals.icu did not answer in 0.2 s."


def test_a_redirect_is_not_followed() -> None:
    with service(redirects) as origin:
        client, error = ask(origin)
    assert error is not None
    assert "https" in error.cure
    assert client.requests == Requests(read=1)


@pytest.mark.parametrize("behave", [closes, truncates, stammers, redirects])
def test_no_fault_of_the_wire_shows_the_token(behave: Behaviour) -> None:
    with service(behave) as origin:
        _, error = ask(origin)
    shown = [error, error and error.__cause__, error and error.__context__]
    assert TOKEN not in " ".join(f"{each} {each!r}" for each in shown)


def test_the_most_talkative_log_does_not_show_the_token(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), service(answers) as origin:
        ask(origin)
    assert "HTTP/1.1" in caplog.text
    assert TOKEN not in caplog.text


def test_a_connection_for_plain_http_elsewhere_is_not_opened() -> None:
    with pytest.raises(UsageError), default_transport("http://intervals.icu"):
        pass
