"""The command line as a person or a script runs it, against a sandbox on a socket."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any
from unittest.mock import patch

from attrs import define, field

from intervals_companion.cli.main import main
from intervals_sandbox.person import Person
from intervals_sandbox.server import Running

TODAY = datetime.now(UTC).date()
MONDAY = TODAY - timedelta(days=3)


class Written(TextIOWrapper):
    """A stream of text that is nobody's terminal, with bytes below as the standard streams have them."""

    def __init__(self, text: str = "") -> None:
        self._below = BytesIO(text.encode())
        super().__init__(self._below, encoding="utf-8", write_through=True)

    def text(self) -> str:
        return self._below.getvalue().decode()


@define
class Terminal:
    """One person's shell."""

    home: Path
    sandbox: Running
    said: list[str] = field(factory=list)
    """Everything any command printed, for a look at what must not be in it."""

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("COMPANION_", "SSH_"))}
        info = self.sandbox.info
        return kept | {
            "COMPANION_HOME": str(self.home),
            "COMPANION_INTERVALS_URL": self.sandbox.base,
            "COMPANION_CLIENT_ID": str(info["client_id"]),
            "COMPANION_CLIENT_SECRET": str(info["client_secret"]),
            "BROWSER": "true",
            "COLUMNS": "80",
            **more,
        }

    def __call__(self, *arguments: str | Path, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs a command line in this process, as the program `companion` does in its own: see `apart`."""
        out, err = Written(), Written()
        with (
            patch.dict(os.environ, self.environment(**environment), clear=True),
            patch.object(sys, "stdin", Written(typed)),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = main([str(argument) for argument in arguments])
        return self._heard(subprocess.CompletedProcess(arguments, code, out.text(), err.text()))

    def apart(self, *arguments: str | Path, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """The same in a process of its own, for what only a process shows: the entry point, its exit code, its ends."""
        done = subprocess.run(
            [command(), *map(str, arguments)],
            input=typed, capture_output=True, text=True, env=self.environment(**environment), timeout=60, check=False,
        )  # fmt: skip
        return self._heard(done)

    def _heard(self, done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
        self.said += [done.stdout, done.stderr]
        return done

    def json(self, *arguments: str | Path, code: int = 0) -> Any:
        done = self(*arguments, "--json")
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [command(), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=self.environment(PYTHONUNBUFFERED="1"),
        )  # fmt: skip

    def person(self) -> Person:
        return Person(self.sandbox.base, self.sandbox.sandbox.you.id)

    def sign_in(self) -> None:
        key = self.sandbox.sandbox.you.api_key or ""
        assert self("login", "--api-key", typed=f"{key}\n").returncode == 0


def command() -> str:
    return str(Path(sys.executable).with_name("companion"))
