"""Where the browser lands after signing in: a listener on this machine, for the one answer that carries its state."""

from __future__ import annotations

import hmac
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from attrs import define, field

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Intervals Companion</title>
<meta name="viewport" content="width=device-width"><h1>Back to the terminal</h1>
<p>The sign-in goes on there. You can close this page.</p></html>"""
_REQUEST_SECONDS = 5.0
"""In which a request has to come, so that one that never does holds nothing for long."""
_MOST_REQUESTS = 20
"""At once: any program of this machine may connect."""


@define
class Landing:
    """`redirect` is what the service sends the browser to."""

    redirect: str
    _state: str = field(default="", repr=False)
    _answers: queue.Queue[str] = field(init=False, factory=queue.Queue, repr=False)

    def expect(self, state: str) -> None:
        """From now on the address with this state is taken, and no other."""
        self._state = state

    def wait(self) -> str:
        """The address the browser landed on, or that a person pasted."""
        while True:
            try:
                return self._answers.get(timeout=1)  # short, so that Ctrl-C is heard
            except queue.Empty:
                continue

    def take(self, address: str) -> bool:
        """Whether it is the answer to this sign-in: with its state, and a code or why there is none."""
        try:
            found = parse_qs(urlsplit(address).query)
        except ValueError:
            return False
        said = found.get("state", [])
        ours = len(said) == 1 and hmac.compare_digest(said[0].encode(errors="replace"), self._state.encode())
        if not (self._state and ours and ({"code", "error"} & found.keys())):
            return False
        self._answers.put(address)
        return True

    def listen_to_terminal(self, refused: Callable[[], None]) -> None:
        """Takes a pasted address too, for a browser on another machine. `refused` tells of a line that is no answer."""
        threading.Thread(target=self._read_lines, args=(refused,), daemon=True).start()

    def _read_lines(self, refused: Callable[[], None]) -> None:
        for line in sys.stdin:
            if not line.strip():
                continue
            if self.take(line.strip()):
                return
            refused()


@contextmanager
def landing() -> Iterator[Landing]:
    """Listens on loopback only, at a port the system chooses. The service allows `localhost`, not 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        timeout = _REQUEST_SECONDS

        def do_GET(self) -> None:
            # A page elsewhere can have a browser ask here under a name of its own, which the Host header tells.
            if not (self.headers.get_all("host") in own and self.path.startswith("/?") and here.take(self.path)):
                self.send_error(404)
                return
            body = _PAGE.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """The address holds a code: it is written nowhere."""

    server = _Server(("127.0.0.1", 0), Handler)
    here = Landing(f"http://localhost:{server.server_port}/")
    own = [[f"{name}:{server.server_port}"] for name in ("localhost", "127.0.0.1")]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    """A thread for each request, and no more than so many; what goes wrong with one is nobody's business."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, place: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(place, handler)
        self._room = threading.BoundedSemaphore(_MOST_REQUESTS)

    def process_request(self, request: object, client_address: object) -> None:
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)  # type: ignore[arg-type]
            return
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def process_request_thread(self, request: object, client_address: object) -> None:
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            self._room.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that left half way is not told at the terminal."""
