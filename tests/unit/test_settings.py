"""Settings: the file, then the environment, then options; and a plain word for everything that cannot be meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from intervals_companion.app.settings import FILE_NAME, SERVICE, Settings, load
from intervals_companion.domain.errors import UsageError

NOTHING: dict[str, str] = {}


def written(folder: Path, text: str) -> Path:
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    return folder


def refusal(folder: Path, text: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        load(written(folder, text), NOTHING)
    assert caught.value.cause
    assert caught.value.cure
    assert caught.value.exit_code == 2
    return caught.value


# --- which one counts ------------------------------------------------------------------------------------------------

PLAIN = [
    ("intervals_url", "COMPANION_INTERVALS_URL", "http://file.example", "http://environment.example", SERVICE),
    ("client_id", "COMPANION_CLIENT_ID", "of the file", "of the environment", None),
    ("client_secret", "COMPANION_CLIENT_SECRET", "of the file", "of the environment", None),
    ("home_zone", "COMPANION_HOME_ZONE", "Europe/Berlin", "Europe/Lisbon", None),
]


@pytest.mark.parametrize(("name", "variable", "filed", "environment", "default"), PLAIN)
def test_the_environment_comes_before_the_file(
    tmp_path: Path, name: str, variable: str, filed: str, environment: str, default: str | None
) -> None:
    assert getattr(load(tmp_path, NOTHING), name) == default
    assert getattr(load(tmp_path, {variable: environment}), name) == environment
    written(tmp_path, f'{name} = "{filed}"')
    assert getattr(load(tmp_path, NOTHING), name) == filed
    assert getattr(load(tmp_path, {variable: environment}), name) == environment
    assert getattr(load(tmp_path, {variable: ""}), name) == filed


def test_options_come_before_all(tmp_path: Path) -> None:
    environment = {"COMPANION_INTERVALS_URL": "http://environment.example", "COMPANION_CLIENT_ID": "of the environment"}
    loaded = load(written(tmp_path, 'home_zone = "Europe/Berlin"'), environment)
    chosen = loaded.with_options(intervals_url="http://option.example", home_zone="Asia/Tokyo")
    assert (chosen.intervals_url, chosen.client_id, chosen.home_zone) == (
        "http://option.example",
        "of the environment",
        "Asia/Tokyo",
    )
    assert loaded.with_options() == loaded
    assert Settings(tmp_path).with_options(client_id="of an option").client_id == "of an option"


def test_file_and_environment_fill_each_other_up(tmp_path: Path) -> None:
    found = load(written(tmp_path, 'client_id = "of the file"'), {"COMPANION_CLIENT_SECRET": "of the environment"})
    assert (found.client_id, found.client_secret) == ("of the file", "of the environment")


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert load(tmp_path / "not there", NOTHING) == Settings(tmp_path / "not there")


def test_other_variables_mean_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, {"COMPANION_HOME": "/elsewhere", "CLIENT_ID": "x", "HOME": "/root"}) == Settings(tmp_path)


def test_lists_and_owners_come_from_the_file(tmp_path: Path) -> None:
    text = """
        [metrics]
        on = ["sleepQuality"]
        off = ["weight", "steps"]
        [sports]
        off = ["Walk", "OpenWaterSwim"]
        [owners]
        weight = "intervals"
        restingHR = "ask"
    """
    found = load(written(tmp_path, text), NOTHING)
    assert found.metrics_on == {"sleepQuality"}
    assert found.metrics_off == {"weight", "steps"}
    assert found.sports_off == {"Walk", "OpenWaterSwim"}
    assert found.owners == {"weight": "intervals", "restingHR": "ask"}


# --- what cannot be meant --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('clientid = "x"', "clientid"),
        ('home = "/elsewhere"', "home"),
        ("[metric]\non = []", "metric"),
        ("[metrics]\nof = []", "metrics"),
        ("[sports]\non = []", "sports"),
    ],
)
def test_an_unknown_setting_is_named(tmp_path: Path, text: str, named: str) -> None:
    assert named in refusal(tmp_path, text).cause


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("client_id = 5", "client_id"),
        ("client_secret = true", "client_secret"),
        ('intervals_url = ["http://a.example"]', "intervals_url"),
        ("home_zone = 2026-03-01", "home_zone"),
        ('home_zone = ""', "home_zone"),
        ('metrics = "weight"', "metrics"),
        ('[metrics]\noff = "weight"', "metrics.off"),
        ("[metrics]\noff = [1, 2]", "metrics.off"),
        ("[sports]\noff = {Run = true}", "sports.off"),
        ('owners = "health"', "owners"),
        ("[owners]\nweight = 1", "weight"),
        ('[owners]\nweight = ["health"]', "weight"),
    ],
)
def test_a_setting_of_the_wrong_type_is_named(tmp_path: Path, text: str, named: str) -> None:
    assert named in refusal(tmp_path, text).cause


@pytest.mark.parametrize(
    ("text", "named", "known"),
    [
        ('[metrics]\noff = ["Weight"]', "Weight", "weight"),
        ('[metrics]\non = ["sleepScore"]', "sleepScore", "sleepQuality"),
        ('[owners]\nwieght = "health"', "wieght", "weight"),
        ('[sports]\noff = ["Running"]', "Running", "Run"),
        ('[owners]\nweight = "me"', "me", "intervals"),
        ('home_zone = "Berlin"', "Berlin", "Europe/Berlin"),
        ('home_zone = "CET+1"', "CET+1", "Europe/Berlin"),
        ('home_zone = "../../etc/passwd"', "passwd", "Europe/Berlin"),
    ],
)
def test_an_unknown_name_is_told_with_those_that_are_known(tmp_path: Path, text: str, named: str, known: str) -> None:
    found = refusal(tmp_path, text)
    assert named in found.cause
    assert known in found.cure


@pytest.mark.parametrize("variable", ["COMPANION_HOME_ZONE"])
def test_the_environment_is_checked_like_the_file(tmp_path: Path, variable: str) -> None:
    with pytest.raises(UsageError, match="not a time zone"):
        load(tmp_path, {variable: "Mars/Olympus"})


def test_options_are_checked_like_the_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a time zone"):
        Settings(tmp_path).with_options(home_zone="Mars/Olympus")


@pytest.mark.parametrize("content", [b"client_id = ", b"\xff\xfe", b"[[[", b"a = 1\na = 2"])
def test_a_file_that_is_no_toml_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(UsageError) as caught:
        load(tmp_path, NOTHING)
    assert str(tmp_path / FILE_NAME) in caught.value.cause
    assert "move it away" in caught.value.cure


# --- secrets ---------------------------------------------------------------------------------------------------------


def test_the_client_secret_is_in_no_word_of_the_settings(tmp_path: Path) -> None:
    found = load(tmp_path, {"COMPANION_CLIENT_ID": "known", "COMPANION_CLIENT_SECRET": "hush-58131"})
    assert found.client_secret == "hush-58131"
    assert "hush-58131" not in f"{found!r} {found}"
    assert "known" in repr(found)


@pytest.mark.parametrize("text", ['client_secret = "hush-58131', "client_secret = hush-58131"])
def test_a_broken_file_is_named_without_what_is_secret_in_it(tmp_path: Path, text: str) -> None:
    assert "hush" not in str(refusal(tmp_path, text))


# --- choices made in the app -----------------------------------------------------------------------------------------


def test_a_choice_comes_before_the_file(tmp_path: Path) -> None:
    found = load(written(tmp_path, 'home_zone = "Europe/Berlin"\nread_key = true'), NOTHING)
    chosen = found.with_choices({"home_zone": "Asia/Tokyo", "read_key": False, "activities_to_health": True})
    assert (chosen.home_zone, chosen.read_key, chosen.activities_to_health) == ("Asia/Tokyo", False, True)


def test_the_environment_and_options_come_before_a_choice(tmp_path: Path) -> None:
    choice = {"home_zone": "Asia/Tokyo"}
    by_environment = load(tmp_path, {"COMPANION_HOME_ZONE": "Europe/Lisbon"})
    assert by_environment.with_choices(choice).home_zone == "Europe/Lisbon"
    by_option = load(tmp_path, NOTHING).with_options(home_zone="Europe/Rome")
    assert by_option.with_choices(choice).home_zone == "Europe/Rome"


def test_what_was_not_chosen_follows_the_file(tmp_path: Path) -> None:
    text = '[metrics]\non = ["sleepQuality"]\noff = ["weight", "steps"]\n[sports]\noff = ["Walk", "Ride"]'
    found = load(written(tmp_path, text), NOTHING)
    chosen = found.with_choices(
        {"metrics": {"steps": True, "restingHR": False}, "sports": {"Ride": True, "Run": False}}
    )
    assert chosen.metrics_on == {"sleepQuality", "steps"}
    assert chosen.metrics_off == {"weight", "restingHR"}
    assert chosen.sports_off == {"Walk", "Run"}
    assert found.with_choices({}) == found


def test_a_choice_of_another_version_counts_for_nothing(tmp_path: Path) -> None:
    found = load(tmp_path, NOTHING)
    assert found.with_choices({"metrics": {"moods": False}, "sports": {"Chess": False}, "colour": "red"}) == found


@pytest.mark.parametrize("name", ["read_key", "activities_to_health"])
def test_a_switch_is_true_or_false_in_the_file(tmp_path: Path, name: str) -> None:
    assert getattr(load(written(tmp_path, f"{name} = true"), NOTHING), name) is True
    assert getattr(load(written(tmp_path, f"{name} = false"), NOTHING), name) is False
    assert name in refusal(tmp_path, f'{name} = "yes"').cause
