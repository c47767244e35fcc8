"""export.xml: records grouped by type, then correlations, workouts and summaries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from intervals_sandbox.world.apple_export import food, movement
from intervals_sandbox.world.apple_export.days import Day
from intervals_sandbox.world.apple_export.dtd import dtd
from intervals_sandbox.world.apple_export.text import Records, Stamps, number
from intervals_sandbox.world.apple_export.topics import TOPICS, Topic
from intervals_sandbox.world.apple_export.workouts import workout

_ME = "".join(
    f' HKCharacteristicTypeIdentifier{name}="{value}"'
    for name, value in (
        ("DateOfBirth", "1990-04-12"),
        ("BiologicalSex", "HKBiologicalSexNotSet"),
        ("BloodType", "HKBloodTypeNotSet"),
        ("FitzpatrickSkinType", "HKFitzpatrickSkinTypeNotSet"),
        ("CardioFitnessMedicationsUse", "None"),
    )
)


class Document:
    """The document in pieces of at most a day. Counts the records as they go by; what came later is not in it."""

    def __init__(self, days: list[Day], exported: datetime) -> None:
        self.records: Counter[str] = Counter()
        self.sums: dict[str, float] = {}
        self.pieces = (len(TOPICS) + 3) * len(days) + 2
        self._days = days
        self._exported = int(exported.timestamp())
        self._record = Records(Stamps(exported))

    def __iter__(self) -> Iterator[str]:
        stamps = self._record.stamps
        yield (
            f'<?xml version="1.0" encoding="UTF-8"?>\n{dtd()}<HealthData locale="en_DE">\n'
            f' <ExportDate value="{stamps(self._exported)}"/>\n <Me{_ME}/>\n'
        )
        for topic in TOPICS:
            yield from (self._records(topic, day) for day in self._days)
        yield from map(self._correlations, self._days)
        yield from map(self._workouts, self._days)
        yield from map(self._summary, self._days)
        yield "</HealthData>\n"

    def _records(self, topic: Topic, day: Day) -> str:
        lines = []
        for sample in sorted(topic(day), key=lambda sample: sample.start):
            if sample.created <= self._exported:
                lines.append(self._record(sample))
                self.records[sample.type] += 1
                if sample.unit:
                    self.sums[sample.type] = self.sums.get(sample.type, 0.0) + float(sample.value or 0)
        return "".join(lines)

    def _correlations(self, day: Day) -> str:
        lines = []
        for correlation in food.correlations(day):
            first = correlation.members[0]
            if first.created <= self._exported:
                stamps = self._record.stamps
                inner = "".join(self._record(member, "  ") for member in correlation.members)
                lines.append(
                    f' <Correlation type="{correlation.type}" {self._record.origin(correlation.source)} '
                    f'creationDate="{stamps(first.created)}" startDate="{stamps(first.start)}" '
                    f'endDate="{stamps(first.end)}">\n{correlation.children}{inner} </Correlation>\n'
                )
        return "".join(lines)

    def _workouts(self, day: Day) -> str:
        return "".join(workout(self._record, day.seed, session) for session in day.sessions)

    def _summary(self, day: Day) -> str:
        """The rings as they stood. Exercise minutes are those of the workouts and some more."""
        energy, hours = (
            [sample.value or "" for sample in topic(day) if sample.created <= self._exported]
            for topic in (movement.active_energy, movement.stand_hours)
        )
        trained = 22 + round(sum(session.moving for session in day.sessions) / 60)
        return (
            f' <ActivitySummary dateComponents="{day.date}" activeEnergyBurned="{number(sum(map(float, energy)))}" '
            f'activeEnergyBurnedGoal="600" activeEnergyBurnedUnit="kcal" appleMoveTime="0" appleMoveTimeGoal="0" '
            f'appleExerciseTime="{trained}" appleExerciseTimeGoal="30" '
            f'appleStandHours="{sum(value.endswith("Stood") for value in hours)}" appleStandHoursGoal="12"/>\n'
        )
