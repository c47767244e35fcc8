"""What every page works with."""

from __future__ import annotations

from urllib.parse import urlsplit

from attrs import frozen

from intervals_companion.app.companion import Companion
from intervals_companion.app.jobs import Jobs
from intervals_companion.app.phone import SimulatedPhone
from intervals_companion.domain.errors import UsageError


@frozen
class House:
    """One data folder, served. `request.app.state.house`."""

    companion: Companion
    public_url: str
    """Scheme, host and port people reach it by, without a slash at the end. It makes every link and redirect."""
    jobs: Jobs

    @property
    def phone(self) -> SimulatedPhone | None:
        """The simulated iPhone of a demo folder."""
        return self.companion.phone if isinstance(self.companion.phone, SimulatedPhone) else None

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


def public_address(text: str) -> str:
    """An address as a person wrote it, checked. Raises UsageError."""
    parts = urlsplit(text.strip())
    whole = parts.scheme in ("http", "https") and parts.hostname and not parts.username
    if not whole or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise UsageError(
            f"{text} is not an address people can reach this companion by.",
            "Write scheme, host and perhaps a port: COMPANION_PUBLIC_URL=https://companion.example.org.",
        )
    if parts.hostname == "127.0.0.1":
        return f"{parts.scheme}://localhost" + (f":{parts.port}" if parts.port else "")
    return f"{parts.scheme}://{parts.netloc.lower()}"
