"""What lies in the folder of an export and is no file: it is never opened, never waited for, and told."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from intervals_companion.domain.errors import NotAnExport
from intervals_companion.health.apple_export import AppleExport
from support.export_reading import read
from support.exports import Point, export_xml, gpx, record, workout

START, END = "2026-02-03 07:00:00 +0100", "2026-02-03 07:30:00 +0100"
WEIGHT = record("HKQuantityTypeIdentifierBodyMass", 70, "kg", START)
ROAD = gpx([Point("2026-02-03T06:00:00Z", 52.5, 13.4)])


def dangling(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def circular(path: Path) -> None:
    other = path.with_name(f"{path.name}.other")
    path.symlink_to(other)
    other.symlink_to(path)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def unix_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        where = os.open(path.parent, os.O_RDONLY)  # a name in /proc is short enough for a socket's address
        made.bind(f"/proc/self/fd/{where}/{path.name}")
        os.close(where)


KINDS = {
    dangling: "a link that leads nowhere",
    circular: "a link that leads nowhere",
    pipe: "a pipe",
    unix_socket: "a socket",
}
each_kind = pytest.mark.parametrize(("make", "words"), KINDS.items(), ids=[kind.__name__ for kind in KINDS])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An export whose only workout names a route `r.gpx`, which is not there yet."""
    inside = tmp_path / "apple_health_export"
    (inside / "workout-routes").mkdir(parents=True)
    (inside / "export.xml").write_text(export_xml(WEIGHT, workout("Running", START, END, routes=["r.gpx"])))
    return inside


@each_kind
def test_beside_the_export_it_is_skipped_with_a_word(folder: Path, make: Callable[[Path], None], words: str) -> None:
    make(folder / "other.xml")
    (folder / "workout-routes" / "r.gpx").write_text(ROAD)
    found = read(folder)
    assert (len(found.routes()), found.damage) == (1, None)
    assert f"other.xml: This is {words}" in found.said()


@each_kind
def test_in_the_place_of_a_route_it_is_skipped_with_a_word(
    folder: Path, make: Callable[[Path], None], words: str
) -> None:
    make(folder / "workout-routes" / "r.gpx")
    found = read(folder)
    assert (len(found.workouts()), found.routes(), found.damage) == (1, [], None)
    assert f"r.gpx: This is {words}" in found.said()


@each_kind
def test_a_route_that_no_workout_names_is_told_too(folder: Path, make: Callable[[Path], None], words: str) -> None:
    (folder / "workout-routes" / "r.gpx").write_text(ROAD)
    make(folder / "workout-routes" / "left.gpx")
    found = read(folder)
    assert len(found.routes()) == 1
    assert f"left.gpx: This is {words}" in found.said()


@each_kind
def test_given_itself_it_is_no_export(tmp_path: Path, make: Callable[[Path], None], words: str) -> None:
    make(tmp_path / "export.zip")
    with pytest.raises(NotAnExport, match=words):
        AppleExport(tmp_path / "export.zip")


def test_a_link_to_a_file_is_that_file(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "linked.xml").symlink_to(folder / "export.xml")
    assert read(tmp_path / "linked.xml").workouts()
