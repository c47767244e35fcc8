"""Where the browser lands after signing in: a listener on this machine, for one answer."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

from attrs import frozen

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Intervals Companion</title>
<meta name="viewport" content="width=device-width"><h1>Back to the terminal</h1>
<p>The sign-in goes on there. You can close this page.</p></html>"""


@frozen
class Landing:
    """`redirect` is what the service sends the browser to; landings arrive in `answers`."""

    redirect: str
    answers: queue.Queue[str]

    def wait(self) -> str:
        """The address the browser landed on, or that a person pasted."""
        while True:
            try:
                return self.answers.get(timeout=1)  # short, so that Ctrl-C is heard
            except queue.Empty:
                continue

    def listen_to_terminal(self) -> None:
        """Takes a pasted address too, for a browser on another machine."""
        threading.Thread(target=self._read_line, daemon=True).start()

    def _read_line(self) -> None:
        for line in sys.stdin:
            if line.strip():
                self.answers.put(line.strip())
                return


@contextmanager
def landing() -> Iterator[Landing]:
    """Listens on loopback only, at a port the system chooses. The service allows `localhost`, not 127.0.0.1."""
    answers: queue.Queue[str] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            if urlsplit(self.path).path != "/" or not ({"code", "error"} & query.keys()):
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
            answers.put(self.path)

        def log_message(self, *_: object) -> None:
            """The address holds a code: it is written nowhere."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield Landing(f"http://localhost:{server.server_port}/", answers)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
