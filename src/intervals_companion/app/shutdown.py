"""The end of the program: whatever waits for Intervals.icu, or sleeps, is let go of within a moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING

from attrs import define, evolve

from intervals_companion.app.context import AppContext, OpenTransport
from intervals_companion.intervals.limits import TokenBucket
from intervals_companion.sync.task import Stopped

if TYPE_CHECKING:
    from intervals_companion.intervals.transport import Transport
    from intervals_companion.intervals.wire import Request, Response

_LOOK_EVERY_SECONDS = 0.1
"""Between two looks of somebody who waits: short against the ten seconds in which the program has to end."""


@define
class Shutdown:
    """Whether the end was asked for. Plain: a signal handler sets it, which may hold no lock of anybody's."""

    begun: bool = False

    def begin(self) -> None:
        self.begun = True

    def has_begun(self) -> bool:
        return self.begun


class CalledOff(Stopped):
    """The program ended while a request was under way: it may have arrived all the same."""

    effect_unknown = True


def interruptible(context: AppContext, shutdown: Shutdown) -> AppContext:
    """The same, where nothing waits on when the end of the program has begun: it raises Stopped then."""

    def sleep(seconds: float) -> None:
        while seconds > 0:
            if shutdown.begun:
                raise Stopped
            step = min(seconds, _LOOK_EVERY_SECONDS)
            context.sleep(step)
            seconds -= step

    return evolve(
        context, sleep=sleep, transport=_interruptible(context.transport, shutdown),
        rate_limiter=TokenBucket(context.monotonic, sleep),
    )  # fmt: skip


def _interruptible(opened: OpenTransport, shutdown: Shutdown) -> OpenTransport:
    @contextmanager
    def transport(origin: str) -> Iterator[Transport]:
        with opened(origin) as send:
            yield lambda request: _until(shutdown, send, request)

    return transport


def _until(shutdown: Shutdown, send: Transport, request: Request) -> Response:
    """Sends in a thread of its own, as nothing else ends a wait for a silent socket. Raises what `send` raises, and
    Stopped.
    """
    if shutdown.begun:
        raise Stopped
    answer: Future[Response] = Future()
    threading.Thread(target=_into(answer, send, request), name="request", daemon=True).start()
    while not _is_there(answer):
        if shutdown.begun:
            raise CalledOff
    return answer.result()


def _into(answer: Future[Response], send: Transport, request: Request) -> Callable[[], None]:
    def work() -> None:
        try:
            answer.set_result(send(request))
        except BaseException as problem:  # noqa: BLE001  (raised again where it is waited for)
            answer.set_exception(problem)

    return work


def _is_there(answer: Future[Response]) -> bool:
    try:
        answer.exception(_LOOK_EVERY_SECONDS)
    except TimeoutError:
        return False
    return True


def wait_until(over: Callable[[], bool], seconds: float) -> bool:
    """Waits for `over`, at most so long; says whether it is."""
    end = time.monotonic() + seconds
    while not over():
        if time.monotonic() > end:
            return False
        time.sleep(_LOOK_EVERY_SECONDS)
    return True
