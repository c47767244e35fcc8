"""Connections: how many there may be, and how long each may take. On top of uvicorn, which limits neither.

A head that comes a byte at a time, a client that does not read its answer, and one that goes on sending after it was
answered would each hold a connection for ever (the attacks known as Slowloris and slow read).
"""

from __future__ import annotations

import asyncio
from enum import Enum, auto
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

MOST_CONNECTIONS = 200
"""At once. A browser opens six; below the 256 open files that macOS allows a program."""


class Phase(Enum):
    """What a connection waits for."""

    HEAD = auto()
    """The next head: from the connection, or from the answer before, to its end."""
    READER = auto()
    """That the client goes on reading what it is sent."""
    END = auto()
    """That the last bytes are taken, or that a client stops sending what was answered already."""
    ANSWER = auto()
    """Us. How long a body may take: bodies.py."""


MOST_SECONDS = {Phase.HEAD: 10.0, Phase.READER: 60.0, Phase.END: 3.0}
"""Of a phase, as long as nothing moves on; a phase without a limit is ours to end."""


_SLICE_BYTES = 4096
"""Of what has come that is read at once: so little that a body in tiny pieces is noticed before it costs anything."""
_LEAST_SHARE = 0.9
"""Of the bytes of a body in chunks that have to be body, not the lines between: a body of single bytes would keep the
interpreter busy for seconds with every megabyte.
"""


class LimitedConnection(H11Protocol):
    """One connection. Where there are too many, the one that has waited longest for its head makes room; where none
    waits for its head, the newest is refused.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: Any,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._phase = Phase.ANSWER
        self._since = 0.0
        """When the phase began, in seconds of the loop."""
        self._timer: asyncio.TimerHandle | None = None
        self._came, self._held = 0, 0
        """Bytes of the body under way: as they came, and of the body itself."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()
        if len(self.connections) > MOST_CONNECTIONS:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), _SLICE_BYTES):
            if self._phase is Phase.END:  # nobody reads what comes after an answer
                return
            piece = data[start : start + _SLICE_BYTES]
            cycle: RequestResponseCycle | None = self.cycle
            held = 0 if cycle is None else len(cycle.body)
            super().data_received(piece)
            self._watch()
            if cycle is None or self.cycle is not cycle:
                self._came, self._held = 0, 0
            elif cycle.more_body:  # else it is the next request that comes
                self._came += len(piece)
                self._held += len(cycle.body) - held
                if self._held < self._came * _LEAST_SHARE and self._came >= _SLICE_BYTES:
                    self.transport.abort()
                    return

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._watch()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._timer is not None:
            self._timer.cancel()

    def _watch(self) -> None:
        """Begins the limit of the phase, where it is another one than before."""
        phase = self._current_phase()
        if phase is self._phase:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._phase, self._since = phase, self.loop.time()
        if phase in MOST_SECONDS:
            end = self.timeout_keep_alive_handler if phase is Phase.HEAD else self.transport.abort
            self._timer = self.loop.call_later(MOST_SECONDS[phase], end)

    def _current_phase(self) -> Phase:
        if self.flow.write_paused:
            return Phase.READER
        if self.transport.is_closing():
            return Phase.END
        if self.cycle is None:
            return Phase.HEAD
        if not self.cycle.response_complete:
            return Phase.ANSWER
        return Phase.END if self.cycle.more_body else Phase.HEAD

    def _make_room(self) -> None:
        waiting = (one for one in self.connections if isinstance(one, LimitedConnection) and one._phase is Phase.HEAD)
        longest = min((one for one in waiting if one is not self), key=lambda one: one._since, default=self)
        self.connections.discard(longest)
        longest.transport.abort()
