"""Units mean what their definitions say, and one that nobody knows harms nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.domain.units import GLUCOSE_G_PER_MOL, UnknownUnit, canonical, convert, lookup, percent

DEFINITIONS = [
    # the international yard and pound, 1959
    (1, "lb", "kg", 0.45359237), (1, "st", "kg", 6.35029318), (16, "oz", "lb", 1), (14, "lb", "st", 1),
    (1, "in", "cm", 2.54), (1, "ft", "m", 0.3048), (1, "yd", "m", 0.9144), (1, "mi", "km", 1.609344),
    (1, "mi/hr", "m/s", 0.44704), (1, "mph", "m/s", 0.44704), (3.6, "km/hr", "m/s", 1), (3.6, "km/h", "m/s", 1),
    (1, "km", "m", 1000), (1000, "mm", "m", 1), (100, "cm", "m", 1), (1, "kg", "g", 1000),
    (1000, "mg", "g", 1), (1_000_000, "mcg", "g", 1),
    # the US gallon of 231 cubic inches, the imperial one of 4.54609 L
    (1, "fl_oz_us", "mL", 29.5735295625), (1, "cup_us", "mL", 236.5882365), (1, "pt_us", "mL", 473.176473),
    (1, "fl_oz_imp", "mL", 28.4130625), (1, "cup_imp", "mL", 284.130625), (1, "pt_imp", "mL", 568.26125),
    (1, "L", "mL", 1000), (1, "l", "mL", 1000), (1, "dL", "mL", 100), (1, "cL", "mL", 10),
    # the thermochemical calorie; Apple's Cal is the one on food labels
    (4.184, "kJ", "kcal", 1), (4184, "J", "kcal", 1), (1, "Cal", "kcal", 1), (1000, "cal", "kcal", 1),
    (32, "degF", "degC", 0), (212, "degF", "degC", 100), (98.6, "degF", "degC", 37), (-40, "degF", "degC", -40),
    (310.15, "K", "degC", 37), (37, "degC", "degF", 98.6),
    # the conventional millimetre of mercury, 133.322387415 Pa
    (120, "mmHg", "kPa", 15.9986864898), (1, "kPa", "mmHg", 7.5006157584566),
    (1, "hr", "min", 60), (1, "h", "s", 3600), (1, "d", "hr", 24), (1500, "ms", "s", 1.5),
    (1, "count/s", "count/min", 60), (50, "bpm", "count/min", 50), (1, "kW", "W", 1000),
]  # fmt: skip


@pytest.mark.parametrize(("amount", "unit", "to", "expected"), DEFINITIONS)
def test_a_unit_is_what_its_definition_says(amount: float, unit: str, to: str, expected: float) -> None:
    assert convert(amount, unit, to) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_glucose_in_mg_per_dl_is_divided_by_the_molar_mass() -> None:
    assert convert(18.01558800000541, "mg/dL", "mmol/L") == pytest.approx(1, rel=1e-12)
    assert convert(99, "mg/dL", "mmol/L") == pytest.approx(99 / 18.01558800000541, rel=1e-12)


def test_healthkit_s_own_mole_of_glucose_is_mmol_per_litre() -> None:
    assert convert(5.3, "mmol<180.1558800000541>/L", "mmol/L") == 5.3


def test_the_mole_of_another_substance_is_not_glucose() -> None:
    with pytest.raises(UnknownUnit):
        convert(5.3, "mmol<113.12>/L", "mmol/L")


@pytest.mark.parametrize("dot", ["\u00b7", "\u22c5", "\u2219", "\u0387"])
def test_vo2max_is_read_with_whatever_dot_stands_in_it(dot: str) -> None:
    assert convert(47.83, f"mL/min{dot}kg", "ml/(kg*min)") == 47.83


@pytest.mark.parametrize("unit", ["kcal/hr·kg", "kcal/hr-kg", "kcal/(kg*hr)"])
def test_mets_have_three_spellings(unit: str) -> None:
    assert lookup(unit) == lookup("kcal/(kg*hr)")


@pytest.mark.parametrize(("unit", "to"), [("stones", "kg"), ("kg", "stones"), ("kg", "m"), ("", "kg"), ("%", "count")])
def test_what_cannot_be_converted_is_refused(unit: str, to: str) -> None:
    with pytest.raises(UnknownUnit):
        convert(1, unit, to)


def test_upper_and_lower_case_are_different_units() -> None:
    assert lookup("Cal") != lookup("cal")
    with pytest.raises(UnknownUnit):
        lookup("KG")


odd_units = st.text(max_size=12) | st.from_regex(r"mmol<[0-9.]{0,8}>/L", fullmatch=True)


@given(odd_units, st.floats())
def test_no_text_in_the_place_of_a_unit_does_harm(unit: str, amount: float) -> None:
    try:
        known = convert(amount, unit, "kg")
    except UnknownUnit:
        known = None
    assert known is None or lookup(unit).dimension == "mass"
    assert isinstance(canonical(amount, unit), str)


@given(st.sampled_from(DEFINITIONS), st.floats(-1e6, 1e6))
def test_there_and_back_is_the_same(definition: tuple[float, str, str, float], amount: float) -> None:
    _, unit, to, _ = definition
    assert convert(convert(amount, unit, to), to, unit) == pytest.approx(amount, rel=1e-9, abs=1e-9)


def test_a_unit_to_itself_changes_nothing_even_where_nobody_knows_it() -> None:
    assert convert(0.1, "appleSomething", "appleSomething") == 0.1


# --- per cent -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"), [(0.97, 97), (0.2496, 24.96), (1, 100), (0, 0), (98, 98), (18.5, 18.5), (100, 100)]
)
def test_a_fraction_becomes_percent_and_percent_stays(written: float, meant: float) -> None:
    assert percent(written) == pytest.approx(meant, rel=1e-12)


# --- the canonical value --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((165.347, "lb"), (75.0001, "kg")),
        ((75, "kg"), (75_000, "g")),
        ((418.4, "kJ"), (100, "Cal")),
        ((98.6, "degF"), (37, "degC")),
        ((90, "mg/dL"), (4.995673746546, "mmol<180.1558800000541>/L")),
        ((1, "mL/min·kg"), (1, "ml/(kg*min)")),
        ((0.0, "degC"), (-0.0, "degC")),
        ((0.0, "smoots"), (-0.0, "smoots")),
        ((1.23456749, "smoots"), (1.23457, "smoots")),
    ],
)
def test_the_same_amount_reads_the_same_in_any_unit(one: tuple[float, str], other: tuple[float, str]) -> None:
    assert canonical(*one) == canonical(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((75.0001, "kg"), (75.0002, "kg")),
        ((1, "smoots"), (1, "cubits")),
        ((1, "smoots"), (1, "m")),
        ((0.97, "%"), (97, "%")),
    ],
)
def test_different_amounts_read_differently(one: tuple[float, str], other: tuple[float, str]) -> None:
    assert canonical(*one) != canonical(*other)


def test_the_molar_mass_is_healthkit_s() -> None:
    assert GLUCOSE_G_PER_MOL == 180.1558800000541
