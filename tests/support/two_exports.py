"""Two exports of one iPhone five months apart, as Health changes meanwhile, and one of another phone."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from support import exports
from support.app_fixture import QUANTITY, SLEEP, weight
from support.exports import WATCH_DEVICE, record

OTHER_DEVICE = WATCH_DEVICE.replace("Watch7,2", "Watch6,1").replace("0x30112e9e0", "0x30112aaaa")


class TwoExports:
    """Days that are told of, and the files. `today`: when the second is made."""

    def __init__(self, folder: Path, today: date) -> None:
        self.folder, self.today = folder, today
        self.run_day, self.typo_day, self.night_day = (today - timedelta(days=days) for days in (150, 152, 154))
        self.recent = today - timedelta(days=5)
        self.first_day = today - timedelta(days=200)

    def first(self) -> Path:
        """A minute of running in steps of 5 s, a weight typed wrong, a night as one piece."""
        steps = [
            self._steps(14, f"{self.run_day} 10:00:{5 * n:02d}", f"{self.run_day} 10:00:{5 * n + 4:02d}")
            for n in range(12)
        ]
        return self._made(
            "first", self.today - timedelta(days=145),
            *self._always(), *steps, weight(self.typo_day, 32.4), self._asleep("Core", "23:00", "06:00"),
        )  # fmt: skip

    def second(self) -> Path:
        """The minute as one row, the weight deleted, the night written anew with its stages."""
        return self._made(
            "second", self.today,
            *self._always(), self._steps(168, f"{self.run_day} 10:00:00", f"{self.run_day} 10:00:59"),
            self._asleep("Core", "23:00", "03:00"), self._asleep("Deep", "03:00", "05:30"),
            self._steps(4000, f"{self.recent} 10:00:00", f"{self.recent} 11:00:00"),
        )  # fmt: skip

    def of_another_phone(self) -> Path:
        """Another watch's steps, on the same days."""
        steps = [
            self._steps(500 + n, f"{self.recent} 12:{n:02d}:00", f"{self.recent} 12:{n:02d}:50", other=True)
            for n in range(30)
        ]
        return self._made("other", self.today, *steps)

    def _always(self) -> list[str]:
        """What both exports hold: a source speaks from its first sample on."""
        return [
            self._steps(7000, f"{self.first_day} 10:00:00", f"{self.first_day} 11:00:00"),
            weight(self.first_day, 72.4),
            record(
                SLEEP, "HKCategoryValueSleepAnalysisAsleepCore", None, f"{self.first_day} 00:00:00 +0100",
                f"{self.first_day} 06:00:00 +0100", source="Anna's Watch", device=WATCH_DEVICE,
            ),
        ]  # fmt: skip

    def _steps(self, count: int, start: str, end: str, *, other: bool = False) -> str:
        source, device = ("Ben's Watch", OTHER_DEVICE) if other else ("Anna's Watch", WATCH_DEVICE)
        return record(
            f"{QUANTITY}StepCount", count, "count", f"{start} +0100", f"{end} +0100", source=source, device=device
        )

    def _asleep(self, stage: str, start: str, end: str) -> str:
        before = self.night_day - timedelta(days=1) if start > "12" else self.night_day
        return record(
            SLEEP, f"HKCategoryValueSleepAnalysisAsleep{stage}", None, f"{before} {start}:00 +0100",
            f"{self.night_day} {end}:00 +0100", source="Anna's Watch", device=WATCH_DEVICE,
        )  # fmt: skip

    def _made(self, name: str, day: date, *elements: str) -> Path:
        xml = exports.export_xml(*elements, export_date=f"{day} 13:00:00 +0100")
        return exports.zip_export(self.folder / f"{name}.zip", xml)
