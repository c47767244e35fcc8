"""What a command prints is what was written."""

from __future__ import annotations

import pytest

from intervals_companion.cli import output


def test_words_between_colons_stay_words(capsys: pytest.CaptureFixture[str]) -> None:
    output.out().print("Great :smile: [bold]ride[/bold]", markup=False)
    assert capsys.readouterr().out == "Great :smile: [bold]ride[/bold]\n"
