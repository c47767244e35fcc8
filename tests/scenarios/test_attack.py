"""The tool that tries hostile inputs, on those of the facts folder; it goes the ways that people's data goes."""

from __future__ import annotations

import sys
from pathlib import Path

import attack
import pytest

from support.facts import facts_path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read in /proc")


@pytest.mark.soak
def test_every_input_of_the_folder_is_answered_right(capsys: pytest.CaptureFixture[str]) -> None:
    folder = facts_path("cases/attack")
    status = attack.main([str(folder)])
    told = capsys.readouterr().out.splitlines()
    assert status == 0, told
    assert {line.partition(":")[0] for line in told} == {path.name for path in folder.iterdir()}
    assert all(" MB, right (" in line for line in told)


def test_a_value_nobody_has_is_called_wrong(tmp_path: Path) -> None:
    absurd = [("weight", 0.0), ("weight", 5e8), ("restingHR", 0), ("hrv", -50), ("steps", -3000), ("spO2", 500)]
    for field, value in absurd:
        least, most = attack.PLAUSIBLE[field]
        assert not least <= value <= most


def test_what_is_too_much_is_called_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "no-export.xml").write_text("no export")
    (tmp_path / "a-note.md").write_text("passed over")
    assert attack.main([str(tmp_path)]) == 0
    monkeypatch.setattr(attack, "MOST_EXPORT_MB", 1.0)
    assert attack.main([str(tmp_path)]) == 1
    right, wrong = capsys.readouterr().out.splitlines()
    assert "right" in right
    assert "MB, at most 1.00" in wrong


def test_without_a_folder_it_says_how_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    assert attack.main([]) == 2
    assert "python tools/attack.py" in capsys.readouterr().out
