"""The way of one request to Intervals.icu and of its answer back, over connections that are kept.

Nothing the service does holds us for longer, or takes more memory, than the request's `AnswerLimit` says: sending,
waiting and reading share one deadline, and an answer is unpacked in pieces that are counted.
"""

from __future__ import annotations

import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from math import inf
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
import httpcore2
from attrs import define

from intervals_companion.domain.errors import ServiceError, ServiceTooSlow, ServiceUnreachable, UsageError
from intervals_companion.intervals.wire import AnswerLimit, Request, Response, is_loopback, service_origin

Transport = Callable[[Request], Response]
"""Sends one request. Raises ServiceUnreachable when no complete answer arrived, for whatever reason, as ServiceTooSlow
when its time was over; ServiceError when it is too large.
"""

SILENCE_SECONDS = 30.0
"""How long the service may say nothing at all."""
_WRITE_BYTES = 16 * 1024
"""Sent in pieces of this size, and the deadline is looked at before each."""
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_PACKINGS = ("gzip", "x-gzip", "deflate")


@contextmanager
def default_transport(origin: str, silence_seconds: float = SILENCE_SECONDS) -> Iterator[Transport]:
    """Connections to the service, closed at the end. Redirects are not followed: a sign-in goes to one place only.

    A proxy of the environment is used, but not for a service on this machine. Raises UsageError for one of another
    kind than http.
    """
    deadline = _Deadline()
    backend = _TimedBackend(httpcore2.SyncBackend(), deadline)
    proxy = _proxy(service_origin(origin))
    with httpcore2.ConnectionPool(ssl_context=_trust(), proxy=proxy, network_backend=backend) as pool:
        yield lambda sent: _send(pool, deadline, silence_seconds, sent)


@cache
def _trust() -> ssl.SSLContext:
    """Making it takes longer than a request."""
    return ssl.create_default_context(cafile=certifi.where())


def _proxy(origin: str) -> httpcore2.Proxy | None:
    """What the environment, or the settings of this machine, name for this address."""
    service = urlsplit(origin)
    found = getproxies()
    address = found.get(service.scheme) or found.get("all")
    if address is None or is_loopback(origin) or proxy_bypass(service.netloc):
        return None
    proxy = urlsplit(address if "://" in address else f"http://{address}")
    if proxy.scheme not in ("http", "https"):
        raise UsageError(
            "This machine names a proxy of a kind that is not supported.",
            "Name one that speaks http (HTTPS_PROXY), or none.",
        )
    auth = (unquote(proxy.username), unquote(proxy.password or "")) if proxy.username else None
    return httpcore2.Proxy(f"{proxy.scheme}://{proxy.netloc.rpartition('@')[2]}", auth=auth, ssl_context=_trust())


def _send(pool: httpcore2.ConnectionPool, deadline: _Deadline, silence_seconds: float, sent: Request) -> Response:
    limit = sent.limit
    deadline.at = time.monotonic() + limit.seconds
    waits = dict.fromkeys(("connect", "read", "write", "pool"), min(silence_seconds, limit.seconds))
    headers = [*sent.headers.items(), ("accept-encoding", "gzip")]
    try:
        with pool.stream(
            sent.method, sent.url, headers=headers, content=sent.body, extensions={"timeout": waits}
        ) as answer:
            said = _headers(answer.headers)
            body = unpacked(answer.iter_stream(), said.get("content-encoding", ""), limit)
            return Response(answer.status, said, body)
    except httpcore2.TimeoutException as problem:
        if deadline.is_over:
            raise ServiceTooSlow(
                f"Intervals.icu had not finished its answer after {limit.seconds:g} s.", _LATER
            ) from problem
        raise ServiceUnreachable(f"Intervals.icu did not answer in {silence_seconds:g} s.", _CONNECTION) from problem
    except httpcore2.ConnectError as problem:
        raise ServiceUnreachable("Intervals.icu could not be reached.", _CONNECTION) from problem
    except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.ProxyError, zlib.error, EOFError) as problem:
        raise ServiceUnreachable("The connection broke off before the whole answer came.", _CONNECTION) from problem
    finally:
        deadline.at = inf


def _headers(given: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """By lower-case name; those that came several times joined, as RFC 9110 (5.3) says."""
    found: dict[str, str] = {}
    for raw, value in given:
        name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found


def unpacked(parts: Iterable[bytes], packing: str, limit: AnswerLimit) -> bytes:
    """The whole body of an answer. Both what comes and what it unpacks to are counted while they come.

    `packing`: its Content-Encoding. Raises ServiceError beyond the limit or for an unknown packing; zlib.error or
    EOFError for one that is damaged or not whole.
    """
    name = packing.strip().lower()
    if name not in ("", "identity", *_PACKINGS):
        raise ServiceError("Intervals.icu packed its answer in a way that cannot be read here.", _LATER)
    unpack = _Unpacker() if name in _PACKINGS else None
    body, came = bytearray(), 0
    for part in parts:
        came += len(part)
        body += part if unpack is None else unpack.next(part, limit.bytes + 1 - len(body))
        if max(came, len(body)) > limit.bytes:
            raise ServiceError(
                f"The answer of Intervals.icu is larger than {limit.bytes / 2**20:.3g} MB; it was not read to its end.",
                "Nothing here has changed. Try again later, or ask for fewer days at once.",
            )
    if unpack is not None and came and not unpack.whole:
        raise EOFError
    return bytes(body)


@define
class _Unpacker:
    """gzip or zlib, of one member or several, never more at once than is asked for."""

    _inner: Any = None
    whole: bool = False

    def next(self, part: bytes, most: int) -> bytes:
        """At most `most` bytes of what this part unpacks to: who gets as many wants no more."""
        found = bytearray()
        while part and len(found) < most:
            if self._inner is None or self._inner.eof:
                self._inner = zlib.decompressobj(_GZIP_OR_ZLIB)
            found += self._inner.decompress(part, most - len(found))
            part = self._inner.unused_data or self._inner.unconsumed_tail
            self.whole = self._inner.eof
        return bytes(found)


class _Deadline(threading.local):
    """When the request of this thread has to be over, by `time.monotonic`."""

    at: float = inf

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.at

    def cut(self, seconds: float | None, late: type[httpcore2.TimeoutException]) -> float | None:
        """So many seconds, or what is left of them. Raises `late` when nothing is."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise late
        return seconds if left == inf else left if seconds is None else min(seconds, left)


class _TimedStream(httpcore2.NetworkStream):
    """A connection on which no single wait goes beyond the deadline: the library limits each wait, not their sum."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.cut(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _WRITE_BYTES):
            piece = buffer[start : start + _WRITE_BYTES]
            self._stream.write(piece, self._deadline.cut(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = self._deadline.cut(timeout, httpcore2.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _TimedBackend(httpcore2.NetworkBackend):
    def __init__(self, backend: httpcore2.NetworkBackend, deadline: _Deadline) -> None:
        self._backend = backend
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        left = self._deadline.cut(timeout, httpcore2.ConnectTimeout)
        stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return _TimedStream(stream, self._deadline)


_CONNECTION = "Check the internet connection and try again."
_LATER = "Nothing is lost. Try again in a few minutes."
