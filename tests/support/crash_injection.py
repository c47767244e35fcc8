"""A process that can be killed at any request or write to disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import define
from sqlalchemy import Connection

from intervals_companion.intervals.transport import Transport
from intervals_companion.intervals.wire import Request, Response
from intervals_companion.store.database import Store
from support.app_fixture import AppFixture


class Killed(BaseException):
    """The process is gone: nothing after it runs, not even clean-up that would reach disk or wire."""


@define
class Death:
    """Strikes at the n-th request or write, before or after it took effect; n 0: never."""

    at: int = 0
    after: bool = False
    count: int = 0
    dead: bool = False

    @contextmanager
    def around(self) -> Iterator[None]:
        if self.dead:
            raise Killed
        self.count += 1
        mine = self.count == self.at
        if mine and not self.after:
            self.dead = True
            raise Killed
        yield
        if mine:
            self.dead = True
            raise Killed


class MortalStore(Store):
    death = Death()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        if self.death.dead:
            raise Killed
        self.death.count += 1
        mine = self.death.count == self.death.at
        with super().write() as connection:
            yield connection
            if mine and not self.death.after:
                self.death.dead = True
                raise Killed
        if mine:
            self.death.dead = True
            raise Killed


def mortal_transport(home: AppFixture, death: Death) -> Any:
    """The companion's way to the service; every request may be the last."""
    open_inner = home.context.transport

    @contextmanager
    def opened(origin: str) -> Iterator[Transport]:
        with open_inner(origin) as inner:

            def send(request: Request) -> Response:
                with death.around():
                    return inner(request)

            yield send

    return opened
