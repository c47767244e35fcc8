"""What every page works with."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from attrs import frozen

from intervals_companion.app.context import AppContext
from intervals_companion.app.ingest.phone import SimulatedPhone
from intervals_companion.app.jobs.schedule import Jobs
from intervals_companion.domain.errors import UsageError


@frozen
class WebContext:
    """One data folder, served. `request.app.state.web`."""

    context: AppContext
    public_url: str
    """Scheme, host and port people reach it by, without a slash at the end. It makes every link and redirect."""
    jobs: Jobs

    @property
    def phone(self) -> SimulatedPhone | None:
        """The simulated iPhone of a demo folder."""
        return self.context.phone if isinstance(self.context.phone, SimulatedPhone) else None

    @property
    def host(self) -> str:
        return urlsplit(self.public_url).hostname or ""

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https:")

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host == "localhost"

    @property
    def redirect(self) -> str:
        """Where Intervals.icu sends the browser back: `http://localhost` needs no registering, and is the root path."""
        return f"{self.public_url}/" if self.local and not self.secure else f"{self.public_url}/oauth/callback"


_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f.]*:[0-9a-f:.]*")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def public_address(text: str) -> str:
    """An address as a person wrote it, in the form in which a browser says where it is. Raises UsageError."""
    refusal = UsageError(
        f"{text} is not an address people can reach this companion by.",
        "Write scheme, host and perhaps a port: COMPANION_PUBLIC_URL=https://companion.example.org.",
    )
    try:
        parts = urlsplit(text.strip().lower())
        usual = _DEFAULT_PORTS.get(parts.scheme)
        port = usual if parts.port is None else parts.port
    except ValueError as problem:
        raise refusal from problem
    beside = "@" in parts.netloc or parts.path not in ("", "/") or parts.query or parts.fragment
    if not usual or not port or beside or not _HOST.fullmatch(parts.hostname or ""):
        raise refusal
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    host = "localhost" if host == "127.0.0.1" else host
    return f"{parts.scheme}://{host}" + ("" if port == usual else f":{port}")
