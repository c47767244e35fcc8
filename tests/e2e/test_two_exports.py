"""Two exports five months apart, on the command line: what Health corrected is corrected at Intervals.icu too."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from support.terminal import TODAY, Terminal
from support.two_exports import TwoExports
from support.ui_steps import empty_there

HOUR = 3600


def there(terminal: Terminal, day: date, field: str) -> object:
    with terminal.sandbox.sandbox.lock:
        return terminal.sandbox.sandbox.you.wellness.get(day, {}).get(field)


def test_what_health_corrected_is_right_at_intervals_too(terminal: Terminal, tmp_path: Path) -> None:
    empty_there(terminal.sandbox)
    files = TwoExports(tmp_path, TODAY - timedelta(days=1))
    terminal.sign_in()
    terminal.json("import", files.first(), "--home-zone", "Europe/Berlin")
    terminal.json("sync")
    assert there(terminal, files.run_day, "steps") == 168
    assert there(terminal, files.typo_day, "weight") == 32.4
    assert there(terminal, files.night_day, "sleepSecs") == 7 * HOUR

    foreseen = terminal.json("import", "--preview", files.second())
    assert foreseen["retired"] == {"BodyMass": 1, "SleepAnalysis": 1, "StepCount": 12}
    assert str(files.typo_day) in foreseen["days"]
    assert there(terminal, files.typo_day, "weight") == 32.4

    read = terminal.json("import", files.second())
    assert (read["retired"], read["waits"]) == (14, [])
    assert Path(read["copied"]).exists()
    synced = terminal.json("sync")
    assert there(terminal, files.run_day, "steps") == 168
    assert there(terminal, files.typo_day, "weight") is None
    assert there(terminal, files.night_day, "sleepSecs") == 6.5 * HOUR
    assert there(terminal, files.recent, "steps") == 4000
    why = {(one["day"], one["field"]): one["why"] for one in synced["sent"]}
    assert why[str(files.typo_day), "weight"] == "deleted"
    assert why[str(files.night_day), "sleepSecs"] == "corrected"
    assert why[str(files.recent), "steps"] is None
    assert (str(files.run_day), "steps") not in why
    assert terminal.json("sync")["sent"] == []

    waits = terminal.json("import", files.of_another_phone(), code=1)
    assert waits["waits"] == ["StepCount"]
    assert "another phone or person" in waits["problems"][0]["what"]
    assert terminal.json("archive", code=1)["imports"][0]["waits"] == ["StepCount"]
    held = terminal.json("sync")
    assert held["sent"] == []
    assert there(terminal, files.recent, "steps") == 4000

    number = str(waits["import"])
    assert str(files.recent) in terminal("archive", "second-phone", number).stdout
    assert terminal.json("archive", "second-phone", number, "--yes")["new"] == 30
    terminal.json("sync")
    assert there(terminal, files.recent, "steps") == 4000 + sum(range(500, 530))
    assert terminal.json("archive", "remove", number, "--yes")["retired"] == 30
    terminal.json("sync")
    assert there(terminal, files.recent, "steps") == 4000

    assert terminal.json("archive", "restore", str(read["import"]), "--yes")["new"] == 1
    terminal.json("sync")
    assert there(terminal, files.typo_day, "weight") == 32.4
    assert there(terminal, files.run_day, "steps") == 168
