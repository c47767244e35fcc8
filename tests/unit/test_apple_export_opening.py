"""Finding the export in what a person gives, and zips that are not what they should be."""

from __future__ import annotations

import io
import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import pytest

from intervals_companion.domain.errors import CompanionError, DamagedInput, NotAnExport, UsageError
from intervals_companion.health.apple_export import AppleExport, zipped
from support.export_reading import read, write
from support.exports import LOCALIZED_NAMES, Point, export_xml, gpx, record, workout, zip_export

STEPS = "HKQuantityTypeIdentifierStepCount"
AT, LATER = "2026-02-03 07:05:11 +0100", "2026-02-03 07:15:00 +0100"
XML = export_xml(record(STEPS, 5, "count", AT), workout("Running", AT, LATER, routes=["a.gpx"]))
ROUTE = gpx([Point("2026-02-03T06:06:00Z", 52.5, 13.4)])
CDA = '<?xml version="1.0"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3"/>'


def many(count: int) -> str:
    """An export that packs badly enough to have an inside."""
    return export_xml(*(record(STEPS, zlib.crc32(str(i).encode()), "count", AT) for i in range(count)))


# --- where the data may be ------------------------------------------------------------------------------------------


def test_a_zip_is_read(tmp_path: Path) -> None:
    found = read(zip_export(tmp_path / "export.zip", XML, {"a.gpx": ROUTE}))
    assert (found.reading.types, found.reading.workouts, found.reading.routes) == ({STEPS: 1}, 1, 1)
    assert found.reading.bytes_total == len(XML.encode()) + len(ROUTE.encode())
    assert found.reading.complete


@pytest.mark.parametrize("language", LOCALIZED_NAMES)
def test_the_name_follows_the_phones_language(tmp_path: Path, language: str) -> None:
    path = zip_export(tmp_path / "Export.zip", XML, name=LOCALIZED_NAMES[language])
    assert read(path).reading.types == {STEPS: 1}


def test_a_zip_without_a_folder_is_read(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("export.xml", XML)
        archive.writestr("workout-routes/a.gpx", ROUTE)
    assert read(path).reading.routes == 1


def test_a_zip_made_on_windows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("apple_health_export\\export.xml", XML)
        archive.writestr("apple_health_export\\workout-routes\\a.gpx", ROUTE)
    assert read(path).reading.routes == 1


def test_a_zip_written_as_a_stream_is_read(tmp_path: Path) -> None:
    """Sizes then stand behind the data, and in the directory."""

    class Pipe(io.BytesIO):
        def tell(self) -> int:
            raise io.UnsupportedOperation

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("apple_health_export/export.xml", XML)
    assert read(write(tmp_path / "export.zip", pipe.getvalue())).reading.types == {STEPS: 1}


@pytest.mark.parametrize("given", ["", "apple_health_export", "apple_health_export/export.xml"])
def test_the_folder_its_parent_and_the_bare_file_are_read(tmp_path: Path, given: str) -> None:
    with zipfile.ZipFile(zip_export(tmp_path / "export.zip", XML, {"a.gpx": ROUTE})) as archive:
        archive.extractall(tmp_path)
    found = read(tmp_path / given)
    assert (found.reading.types, found.reading.routes) == ({STEPS: 1}, 1)
    assert found.reading.bytes_total == len(XML.encode()) + len(ROUTE.encode())


def test_the_larger_of_two_exports_is_taken(tmp_path: Path) -> None:
    write(tmp_path / "export.xml", XML)
    write(tmp_path / "export 2.xml", many(10))
    assert read(tmp_path).reading.types == {STEPS: 10}


def test_the_clinical_copy_is_never_taken(tmp_path: Path) -> None:
    write(tmp_path / "export_cda.xml", many(10))
    write(tmp_path / "export.xml", XML)
    assert read(tmp_path).reading.types == {STEPS: 1}


# --- what is no export ----------------------------------------------------------------------------------------------


def zipped_files(path: Path, files: Iterable[tuple[str, str]]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files:
            archive.writestr(name, text)
    return path


def not_exports(folder: Path) -> dict[str, Path]:
    empty_folder, other_folder = folder / "nothing", folder / "other"
    empty_folder.mkdir()
    other_folder.mkdir()
    write(other_folder / "export_cda.xml", CDA)
    return {
        "empty file": write(folder / "empty.zip", ""),
        "empty zip": zipped_files(folder / "hollow.zip", []),
        "other zip": zipped_files(folder / "other.zip", [("notes.txt", "hello"), ("a.xml", "<a/>")]),
        "clinical zip": zipped_files(folder / "cda.zip", [("apple_health_export/export_cda.xml", CDA)]),
        "too deep": zipped_files(folder / "deep.zip", [("a/b/export.xml", XML)]),
        "clinical file": write(folder / "export_cda.xml", CDA),
        "other xml": write(folder / "a.xml", "<a/>"),
        "text": write(folder / "a.txt", "hello"),
        "picture": write(folder / "a.png", b"\x89PNG\r\n\x1a\n"),
        "empty folder": empty_folder,
        "other folder": other_folder,
    }


NOT_EXPORTS = [
    *("empty file", "empty zip", "other zip", "clinical zip", "too deep", "clinical file", "other xml", "text"),
    *("picture", "empty folder", "other folder"),
]


@pytest.mark.parametrize("what", NOT_EXPORTS)
def test_other_data_is_refused_with_a_cure(tmp_path: Path, what: str) -> None:
    path = not_exports(tmp_path)[what]
    with pytest.raises(NotAnExport) as refused:
        AppleExport(path)
    assert path.name in refused.value.cause
    assert "iPhone" in refused.value.cure
    assert refused.value.exit_code == 3


def test_a_missing_path_is_a_mistake_of_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        AppleExport(tmp_path / "nowhere.zip")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "export.xml", XML)
    path.chmod(stat.S_IWUSR)
    with pytest.raises(DamagedInput, match="cannot be read"):
        AppleExport(path)


@pytest.mark.parametrize("given", ["export.zip", "apple_health_export"])
def test_a_file_that_vanishes_is_damage(tmp_path: Path, given: str) -> None:
    with zipfile.ZipFile(zip_export(tmp_path / "export.zip", XML)) as archive:
        archive.extractall(tmp_path)
    export = AppleExport(tmp_path / given)
    (tmp_path / "export.zip").unlink()
    shutil.rmtree(tmp_path / "apple_health_export")
    with pytest.raises(DamagedInput, match="cannot be read"):
        list(export.batches())


# --- damaged zips ---------------------------------------------------------------------------------------------------


def kept_and_told(path: Path) -> tuple[int, str]:
    found = read(path)
    assert found.damage is not None
    assert not found.reading.complete
    return found.reading.records, str(found.damage)


def test_a_truncated_zip_gives_what_is_there(tmp_path: Path) -> None:
    path = zip_export(tmp_path / "export.zip", many(2000))
    os.truncate(path, path.stat().st_size // 2)
    kept, told = kept_and_told(path)
    assert 500 < kept < 1500
    assert "The zip file ends early." in told
    assert "Export again" in told


def test_a_zip_that_lost_only_its_directory_gives_everything(tmp_path: Path) -> None:
    path = zip_export(tmp_path / "export.zip", many(2000), {"a.gpx": ROUTE})
    data = path.read_bytes()
    write(path, data[: data.index(b"PK\x01\x02")])
    assert kept_and_told(path)[0] == 2000


def test_a_truncated_zip_joins_the_routes_it_still_has(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("apple_health_export/workout-routes/a.gpx", ROUTE)
        archive.writestr("apple_health_export/export.xml", XML)
    data = path.read_bytes()
    write(path, data[: data.index(b"PK\x01\x02")])
    found = read(path)
    assert (found.reading.routes, found.reading.routes_missing) == (1, 0)
    assert found.damage is not None


def test_a_zip_cut_before_the_data_is_damaged_not_foreign(tmp_path: Path) -> None:
    path = zip_export(tmp_path / "export.zip", XML)
    os.truncate(path, 40)
    with pytest.raises(DamagedInput, match="ends early") as refused:
        AppleExport(path)
    assert not isinstance(refused.value, NotAnExport)


def test_a_zip_broken_inside_gives_everything_before_the_first_bad_byte(tmp_path: Path) -> None:
    xml = many(2000)
    half = xml[: xml.index("<Record", len(xml) // 2)]
    packer = zlib.compressobj(wbits=-15)
    good = packer.compress(half.encode()) + packer.flush(zlib.Z_FULL_FLUSH)
    name = b"apple_health_export/export.xml"
    header = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 8, 8, 0, 0, 0, 0, 0, len(name), 0)
    no_block = b"\x07" * 100
    kept, told = kept_and_told(write(tmp_path / "export.zip", header + name + good + no_block))
    assert kept == half.count("<Record")
    assert "The zip file is damaged inside." in told


def test_a_member_shorter_than_it_should_be_is_damage(tmp_path: Path) -> None:
    path = zip_export(tmp_path / "export.zip", many(2000))
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02") + 20
    struct.pack_into("<L", data, at, struct.unpack_from("<L", data, at)[0] // 2)
    write(path, bytes(data))
    kept, told = kept_and_told(path)
    assert 500 < kept < 1500
    assert "The zip file is damaged inside." in told


def test_packed_data_that_looks_like_a_header_is_passed_over(tmp_path: Path) -> None:
    path = zip_export(tmp_path / "export.zip", XML)
    data = path.read_bytes()
    write(path, b"PK\x03\x04" + b"\xff" * 26 + data[: data.index(b"PK\x01\x02")])
    assert kept_and_told(path)[0] == 1


def test_a_wrong_checksum_is_told_after_everything_is_read(tmp_path: Path) -> None:
    path = zip_export(tmp_path / "export.zip", many(20))
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 16] ^= 0xFF
    write(path, bytes(data))
    kept, told = kept_and_told(path)
    assert kept == 20
    assert "its checksum does not fit" in told


def test_a_member_that_is_not_where_the_directory_says_is_damage(tmp_path: Path) -> None:
    path = zip_export(tmp_path / "export.zip", XML)
    data = path.read_bytes()
    write(path, b"PK\x00\x00" + data[4:])
    with pytest.raises(DamagedInput, match="damaged"):
        AppleExport(path)


def test_a_route_broken_in_the_zip_stops_nothing(tmp_path: Path) -> None:
    path = zip_export(tmp_path / "export.zip", XML, {"a.gpx": ROUTE})
    data = bytearray(path.read_bytes())
    header = data.rindex(b"PK\x03\x04")
    data[header + 80 : header + 90] = b"\xff" * 10
    write(path, bytes(data))
    found = read(path)
    assert (found.reading.records, found.reading.routes, found.damage) == (1, 0, None)
    assert found.said().startswith("workout-routes/a.gpx: ")


def set_flags(path: Path, **changes: int) -> None:
    """Sets fields of the first entry, in its header and in the directory."""
    offsets = {"flags": (6, 8), "method": (8, 10)}
    data = bytearray(path.read_bytes())
    for name, value in changes.items():
        local, central = offsets[name]
        struct.pack_into("<H", data, local, value)
        struct.pack_into("<H", data, data.index(b"PK\x01\x02") + central, value)
    write(path, bytes(data))


def test_a_password_is_named(tmp_path: Path) -> None:
    path = zip_export(tmp_path / "export.zip", XML)
    set_flags(path, flags=1)
    with pytest.raises(DamagedInput, match="password") as refused:
        AppleExport(path)
    assert "Unzip it yourself" in refused.value.cure


def test_an_unknown_packing_is_named(tmp_path: Path) -> None:
    path = zip_export(tmp_path / "export.zip", XML)
    set_flags(path, method=9)
    with pytest.raises(DamagedInput, match="packed in a way"):
        AppleExport(path)


# --- bombs ----------------------------------------------------------------------------------------------------------


def bomb(path: Path, size: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("export.xml", "w") as member:
        member.write(XML.replace("</HealthData>", "").encode())
        for _ in range(size // 2**20):
            member.write(b" " * 2**20)
    return path


def test_a_zip_that_unpacks_to_an_absurd_size_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(DamagedInput, match="unpacks to a size"):
        AppleExport(bomb(tmp_path / "export.zip", zipped.ALWAYS_ALLOWED + 2**20))


def test_a_zip_that_lies_about_its_size_is_stopped_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipped, "ALWAYS_ALLOWED", 2**21)
    path = bomb(tmp_path / "export.zip", 2**24)
    data = bytearray(path.read_bytes())
    struct.pack_into("<H", data, 6, 8)  # sizes stand behind the data, which are cut off
    write(path, bytes(data[: data.index(b"PK\x01\x02")]))
    found = read(path)
    assert found.damage is not None
    assert "unpacks to a size" in found.damage.cause
    assert found.reading.bytes_done < 2**23
    assert found.reading.records == 1


def test_every_refusal_has_a_cause_and_a_cure(tmp_path: Path) -> None:
    shutil.rmtree(tmp_path)
    tmp_path.mkdir()
    for path in not_exports(tmp_path).values():
        with pytest.raises(CompanionError) as refused:
            AppleExport(path)
        assert refused.value.cause.endswith(".")
        assert refused.value.cure.endswith(".")


def test_a_member_without_a_name_harms_nothing(tmp_path: Path) -> None:
    path = zip_export(tmp_path / "export.zip", export_xml(record(STEPS, 5, "count", AT)))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo(""), "nobody")
    assert read(path).reading.records == 1
