"""The transport against a socket on this machine that behaves badly. Timeouts are a fraction of a second."""

from __future__ import annotations

import gzip
import logging
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from attrs import evolve

from intervals_companion.domain.errors import CompanionError, ServiceTooSlow, ServiceUnreachable, UsageError
from intervals_companion.intervals import people, protocol
from intervals_companion.intervals.client import IntervalsClient, Requests
from intervals_companion.intervals.limits import TokenBucket
from intervals_companion.intervals.retry import TRIES
from intervals_companion.intervals.transport import default_transport
from intervals_companion.intervals.wire import ANSWER, STREAMS, UPLOAD, AnswerLimit, DataOwner
from support.intervals_calls import BEARER, CALLS, FIT, TOKEN

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


# --- a service that does not let go -----------------------------------------------------------------------------------

SMALL = AnswerLimit(bytes=100_000, seconds=0.5)
"""As much less than a real limit as a test has less patience."""
HEAD = b"HTTP/1.1 200 OK\r\n"


def small_athlete(client: IntervalsClient) -> object:
    return client.ask(evolve(protocol.athlete(), limit=SMALL))


def _pour(connection: socket.socket, first: bytes, then: bytes, pause: float = 0) -> None:
    """Sends until nobody listens any more."""
    try:
        connection.sendall(first)
        for _ in range(20_000):
            connection.sendall(then)
            time.sleep(pause)
    except OSError:
        return


def drips_its_answer(connection: socket.socket) -> None:
    _pour(connection, HEAD + b"Content-Length: 100000\r\n\r\n", b" ", pause=0.02)


def drips_its_head(connection: socket.socket) -> None:
    _pour(connection, HEAD + b"X-Slow: ", b"a", pause=0.02)


def says_wait_forever(connection: socket.socket) -> None:
    _pour(connection, b"", b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.02)


def drips_packed(connection: socket.socket) -> None:
    """Pieces that unpack to nothing: what comes out never grows."""
    packing = zlib.compressobj(wbits=31)
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: 9999999\r\n\r\n" + packing.compress(b"")
    _pour(connection, head, packing.flush(zlib.Z_FULL_FLUSH), pause=0.02)


@pytest.mark.parametrize("behave", [drips_its_answer, drips_its_head, says_wait_forever, drips_packed])
def test_an_answer_that_never_ends_is_given_up_once_its_time_is_over(behave: Behaviour) -> None:
    began = time.monotonic()
    with service(behave) as origin:
        client, error = ask(origin, small_athlete)
    assert isinstance(error, ServiceTooSlow)
    assert error.cause == "Intervals.icu had not finished its answer after 0.5 s."
    assert client.requests == Requests(read=1), "it is not asked again: that would take as long again"
    assert time.monotonic() - began < 2


def reads_slowly(connection: socket.socket) -> None:
    try:
        for _ in range(50):
            connection.recv(4096)
            time.sleep(0.02)
    except OSError:
        return


def test_a_service_that_takes_a_file_slowly_is_given_up_too() -> None:
    big = protocol.upload(b"0" * 8_000_000, "a.fit", name="Run", external_id="ic1-1-2", device_name="Watch")
    with service(reads_slowly) as origin:
        client, error = ask(origin, lambda client: client.ask(evolve(big, limit=SMALL)))
    assert isinstance(error, ServiceUnreachable)
    assert error.effect_unknown
    assert "looked up before it is sent again" in error.cure
    assert client.requests == Requests(write=1)


def pours(connection: socket.socket) -> None:
    _pour(connection, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"4000\r\n" + b" " * 0x4000 + b"\r\n")


def announces_too_much(connection: socket.socket) -> None:
    _pour(connection, HEAD + b"Content-Length: 99999999999\r\n\r\n", b" " * 0x4000)


def _packed(body: bytes) -> Behaviour:
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    return lambda connection: connection.sendall(head + body)


BOMB = _packed(gzip.compress(b" " * 20_000_000, 1))
BOMB_IN_MEMBERS = _packed(gzip.compress(b" " * 60_000) * 40)


@pytest.mark.parametrize("behave", [pours, announces_too_much, BOMB, BOMB_IN_MEMBERS])
def test_an_answer_that_is_too_large_is_not_read_to_its_end(behave: Behaviour) -> None:
    with service(behave) as origin:
        client, error = ask(origin, small_athlete)
    assert error is not None
    assert error.cause == "The answer of Intervals.icu is larger than 0.0954 MB; it was not read to its end."
    assert client.requests == Requests(read=1)


def test_a_packed_answer_of_several_members_is_read_whole() -> None:
    with service(_packed(gzip.compress(b'{"id":') + gzip.compress(b' "i1"}'))) as origin:
        _, error = ask(origin)
    assert error is None


def test_a_packed_answer_that_breaks_off_is_no_answer() -> None:
    with service(_packed(gzip.compress(b'{"id": "i1"}')[:-9])) as origin:
        _, error = ask(origin)
    assert error is not None
    assert error.cause == "The connection broke off before the whole answer came."


def test_a_packing_nobody_asked_for_is_refused() -> None:
    with service(lambda one: one.sendall(HEAD + b"Content-Encoding: br\r\nContent-Length: 2\r\n\r\nxx")) as origin:
        client, error = ask(origin)
    assert error is not None
    assert error.cause == "Intervals.icu packed its answer in a way that cannot be read here."
    assert client.requests == Requests(read=1)


def test_every_call_has_its_limits_and_only_files_and_streams_take_longer() -> None:
    longer = {name: made.limit for name, make in CALLS.items() if (made := make()).limit != ANSWER}
    assert longer == {"upload": UPLOAD, "try_streams": STREAMS}
    assert people.streams("i1", DataOwner.OWN, "time").limit == STREAMS
    assert ANSWER.seconds == 60
