"""The document type an export opens with (HealthKit Export Version 14), drawn from a table.

Element and attribute names are Apple's. As in real files, WorkoutActivity has a declaration and no place in Workout.
"""

from __future__ import annotations

VERSION = 14

_ORIGIN = "sourceName! sourceVersion device creationDate startDate! endDate!"
_GLASS = ("sphere", "cylinder", "axis", "add", "vertex", "prismAmount", "prismAngle", "farPD", "nearPD")
_CONTACT = ("baseCurve", "diameter")
_EYE = " ".join(f"{name} {name}Unit" for name in (*_GLASS, *_CONTACT))
_EAR = " ".join(f"{side}Ear{word}" for side in ("left", "right") for word in ("Value", "Unit", "Masked"))
_ME = ("DateOfBirth", "BiologicalSex", "BloodType", "FitzpatrickSkinType", "CardioFitnessMedicationsUse")
_ANYTHING = "Record|Correlation|Workout|ActivitySummary|ClinicalRecord|Audiogram|VisionPrescription"
_CLINICAL = "type identifier sourceName sourceURL fhirVersion receivedDate resourceFilePath"

_ELEMENTS = (
    # name, content, attributes (! = always there)
    ("HealthData", f"(ExportDate,Me,({_ANYTHING})*)", "locale!"),
    ("ExportDate", "EMPTY", "value!"),
    ("Me", "EMPTY", " ".join(f"HKCharacteristicTypeIdentifier{name}!" for name in _ME)),
    ("Record", "((MetadataEntry|HeartRateVariabilityMetadataList)*)", f"type! unit value {_ORIGIN}"),
    ("Correlation", "((MetadataEntry|Record)*)", f"type! {_ORIGIN}"),
    (
        "Workout",
        "((MetadataEntry|WorkoutEvent|WorkoutRoute|WorkoutStatistics)*)",
        "workoutActivityType! duration durationUnit totalDistance totalDistanceUnit totalEnergyBurned "
        f"totalEnergyBurnedUnit {_ORIGIN}",
    ),
    ("WorkoutActivity", "((MetadataEntry)*)", "uuid! startDate! endDate duration durationUnit"),
    ("WorkoutEvent", "((MetadataEntry)*)", "type! date! duration durationUnit"),
    ("WorkoutStatistics", "EMPTY", "type! startDate! endDate! average minimum maximum sum unit"),
    ("WorkoutRoute", "((MetadataEntry|FileReference)*)", _ORIGIN),
    ("FileReference", "EMPTY", "path!"),
    (
        "ActivitySummary",
        "EMPTY",
        "dateComponents activeEnergyBurned activeEnergyBurnedGoal activeEnergyBurnedUnit appleMoveTime "
        "appleMoveTimeGoal appleExerciseTime appleExerciseTimeGoal appleStandHours appleStandHoursGoal",
    ),
    ("MetadataEntry", "EMPTY", "key! value!"),
    ("HeartRateVariabilityMetadataList", "(InstantaneousBeatsPerMinute*)", ""),
    ("InstantaneousBeatsPerMinute", "EMPTY", "bpm! time!"),
    ("ClinicalRecord", "EMPTY", " ".join(f"{name}!" for name in _CLINICAL.split())),
    ("Audiogram", "((MetadataEntry|SensitivityPoint)*)", f"type! {_ORIGIN}"),
    ("SensitivityPoint", "EMPTY", f"frequencyValue! frequencyUnit! {_EAR}"),
    (
        "VisionPrescription",
        "((RightEye|LeftEye|Attachment|MetadataEntry)*)",
        "type! dateIssued! expirationDate brand",
    ),
    ("RightEye", "EMPTY", _EYE),
    ("LeftEye", "EMPTY", _EYE),
    ("Attachment", "EMPTY", "identifier"),
)


def dtd() -> str:
    """The DOCTYPE with its inline declarations and the comment that carries the version."""
    declared = "".join(_element(name, content, attributes) for name, content, attributes in _ELEMENTS)
    return f"<!DOCTYPE HealthData [\n<!-- HealthKit Export Version: {VERSION} -->\n{declared}]>\n"


def _element(name: str, content: str, attributes: str) -> str:
    listed = "".join(
        f"  {word.rstrip('!')} CDATA {'#REQUIRED' if word.endswith('!') else '#IMPLIED'}\n"
        for word in attributes.split()
    )
    return f"<!ELEMENT {name} {content}>\n" + (f"<!ATTLIST {name}\n{listed}>\n" if listed else "")
