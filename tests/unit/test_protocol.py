"""Calls as requests, answers as values or errors: no connection anywhere."""

from __future__ import annotations

import email
import email.policy
import json
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.domain.catalogue import metric, metrics
from intervals_companion.domain.errors import (
    ServiceError,
    UsageError,
)
from intervals_companion.domain.remote_activity import RemoteActivity
from intervals_companion.domain.wellness import WellnessRecord
from intervals_companion.intervals import protocol
from intervals_companion.intervals.athlete_record import DisplaySettings, display_settings
from intervals_companion.intervals.credentials import ApiKey, Credential
from intervals_companion.intervals.models import KeyState, Upload, stored_day
from intervals_companion.intervals.protocol import read
from intervals_companion.intervals.wire import Call, Request, Response, request, service_origin
from support.facts import facts_path
from support.intervals_calls import API_KEY, BEARER, CALLS, DAY, EVERY_CALL, FIT, KEY, NEXT, TOKEN, WEIGHT, upload


def sent(call: Call[object], credential: Credential = BEARER) -> Request:
    return request(call, "https://intervals.icu", credential)


def query(call: Call[object]) -> dict[str, list[str]]:
    return parse_qs(urlsplit(sent(call).url).query)


def answer(value: object, status: int = 200) -> Response:
    return Response(status, {}, json.dumps(value).encode())


# --- requests --------------------------------------------------------------------------------------------------------


def test_every_operation_is_in_the_table_of_permissions() -> None:
    assert set(CALLS) == set(protocol.OPERATIONS)
    assert {name: make().needs for name, make in CALLS.items()} == dict(protocol.OPERATIONS)


@EVERY_CALL
def test_every_path_and_parameter_is_in_the_services_own_description(call: Call[object]) -> None:
    described = json.loads(facts_path("reference", "intervals-icu", "openapi.json").read_bytes())["paths"]
    path = call.path.replace("/athlete/0", "/athlete/{id}").replace("/activity/i1", "/activity/{id}")
    suffixed = described.get(f"{path}{{ext}}", {}) | described.get(f"{path}{{format}}", {})
    verbs = suffixed | described.get(path, {})
    known = {parameter["name"] for parameter in verbs[call.method.lower()].get("parameters", [])}
    assert {name for name, _ in call.query} <= known


@EVERY_CALL
def test_every_request_says_who_sends_it(call: Call[object]) -> None:
    assert sent(call).headers["user-agent"].startswith("intervals-companion/")


def test_a_token_goes_into_the_header_only() -> None:
    made = sent(protocol.athlete())
    assert made.headers["authorization"] == f"Bearer {TOKEN}"
    assert made.url == "https://intervals.icu/api/v1/athlete/0"


def test_an_api_key_is_the_password_of_basic_authentication() -> None:
    """RFC 7617: base64 of user-id, colon, password; here the example of a key `123`."""
    assert sent(protocol.athlete(), ApiKey("123")).headers["authorization"] == "Basic QVBJX0tFWToxMjM="


def test_credentials_do_not_show_when_printed() -> None:
    assert TOKEN not in repr(BEARER) + repr(sent(protocol.athlete()))
    assert KEY not in repr(API_KEY) + repr(KeyState(True, KEY))


def test_whether_uploading_is_allowed_is_asked_without_a_file() -> None:
    call = protocol.try_upload()
    message = email.message_from_bytes(f"Content-Type: {call.content_type}\r\n\r\n".encode() + call.body)
    assert [part.get_filename() for part in message.get_payload()] == [None]  # type: ignore[union-attr]
    assert b'name="file"' not in call.body


def test_whether_values_may_be_written_is_asked_with_no_day() -> None:
    assert protocol.put_wellness({}).body == b"[]"


def test_a_range_of_days_includes_both_ends() -> None:
    assert query(protocol.wellness(DAY, NEXT)) == {"oldest": ["2026-10-05"], "newest": ["2026-10-06"]}


def test_activities_are_asked_for_with_the_fields_that_are_read() -> None:
    fields = query(protocol.activities(DAY, NEXT))["fields"][0].split(",")
    assert {"id", "start_date", "type", "source", "external_id"} <= set(fields)
    schemas = json.loads(facts_path("reference", "intervals-icu", "openapi.json").read_bytes())["components"]["schemas"]
    assert set(fields) <= set(schemas["Activity"]["properties"])


def test_wellness_is_written_as_a_list_of_days_with_only_the_fields_given() -> None:
    call = protocol.put_wellness({NEXT: {"restingHR": 48}, DAY: {"weight": WEIGHT, "menstrualPhase": "PERIOD"}})
    assert json.loads(call.body) == [
        {"id": "2026-10-05", "weight": WEIGHT, "menstrualPhase": "PERIOD"},
        {"id": "2026-10-06", "restingHR": 48},
    ]
    assert call.method == "PUT"
    assert call.content_type == "application/json"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_never_written(value: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        protocol.put_wellness({DAY: {"weight": value}})


@pytest.mark.parametrize("row", [row for row in metrics() if row.custom], ids=lambda row: row.field)
def test_a_custom_field_is_created_in_the_words_the_service_takes(row: object) -> None:
    item = json.loads(protocol.create_field(row).body)  # type: ignore[arg-type]
    assert item["type"] == "INPUT_FIELD"
    assert item["content"]["type"] == "numeric"
    assert item["content"]["aggregate"] in {"MIN", "SUM", "MAX", "AVERAGE"}


def test_a_field_that_is_summed_over_the_day_is_summed_over_the_week() -> None:
    item = json.loads(protocol.create_field(metric("ActiveEnergy")).body)
    assert item["content"] == {"code": "ActiveEnergy", "type": "numeric", "aggregate": "SUM"}


def _parts(call: Call[object]) -> list[EmailMessage]:
    message = email.message_from_bytes(
        b"Content-Type: " + call.content_type.encode() + b"\r\n\r\n" + call.body, policy=email.policy.HTTP
    )
    assert isinstance(message, EmailMessage)
    return [part for part in message.iter_parts() if isinstance(part, EmailMessage)]


@given(st.binary())
def test_an_upload_carries_the_file_byte_for_byte_in_one_part_named_file(content: bytes) -> None:
    call = protocol.upload(content, "a.fit", name="n", external_id="e", device_name="d")
    head, _, rest = call.body.partition(b"\r\n\r\n")
    boundary = call.content_type.partition("boundary=")[2].encode()
    assert head.startswith(b"--" + boundary + b"\r\n")
    assert b'name="file"; filename="a.fit"' in head
    assert rest == content + b"\r\n--" + boundary + b"--\r\n"


def test_an_upload_is_read_by_an_independent_parser() -> None:
    (part,) = _parts(upload())
    assert part.get_param("name", header="content-disposition") == "file"
    assert part.get_filename() == "a.fit"


def test_a_file_name_cannot_add_a_header() -> None:
    call = protocol.upload(FIT, 'a"\r\nX-Evil: 1.fit', name="n", external_id="e", device_name="d")
    (part,) = _parts(call)
    assert part.keys() == ["Content-Disposition", "Content-Type"]


def test_the_same_upload_is_the_same_bytes() -> None:
    assert upload().body == upload().body


def test_the_words_of_an_upload_go_into_the_query() -> None:
    call = protocol.upload(FIT, "a.fit", name="Läufe & mehr", external_id="ic1-1-2", device_name="Apple Watch")
    assert query(call) == {"name": ["Läufe & mehr"], "external_id": ["ic1-1-2"], "device_name": ["Apple Watch"]}


# --- the address of the service --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://intervals.icu", "https://intervals.icu"),
        (" https://Intervals.icu/ ", "https://intervals.icu"),
        ("http://localhost:8765", "http://localhost:8765"),
        ("http://127.0.0.1:80/", "http://127.0.0.1:80"),
    ],
)
def test_an_address_of_the_service_is_taken(given: str, origin: str) -> None:
    assert service_origin(given) == origin


@pytest.mark.parametrize(
    "given",
    [
        "",
        "intervals.icu",
        "ftp://intervals.icu",
        "https://",
        "https://a b",
        "https://u:p@intervals.icu",
        "https://intervals.icu/api",
        "https://intervals.icu?x",
        "https://intervals.icu:65536",
        "https://[::1",
    ],
)
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(UsageError, match="is not the address"):
        service_origin(given)


@pytest.mark.parametrize("given", ["http://intervals.icu", "http://localhost.example", "http://127.0.0.1.nip.io"])
def test_plain_http_is_only_for_this_machine(given: str) -> None:
    with pytest.raises(UsageError) as caught:
        service_origin(given)
    assert given.replace("http:", "https:") in caught.value.cure


# --- answers ---------------------------------------------------------------------------------------------------------


def test_the_recorded_athlete_is_read() -> None:
    body = facts_path("reference", "intervals-icu", "examples", "athlete-with-sport-settings-synthetic.json")
    found = read(protocol.athlete(), Response(200, {}, body.read_bytes()), BEARER)
    assert (found.id, found.name, found.timezone) == ("i12345", "Example Athlete", "America/Sao_Paulo")
    assert display_settings(json.loads(body.read_bytes())) == DisplaySettings(locale="en_US")


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({}, KeyState(shown=False)),
        ({"icu_api_key": None}, KeyState(shown=True)),
        ({"icu_api_key": KEY}, KeyState(shown=True, value=KEY)),
    ],
    ids=["not shown", "none made", "there"],
)
def test_an_api_key_is_not_shown_or_not_made_or_there(given: dict[str, object], state: KeyState) -> None:
    assert read(protocol.athlete(), answer({"id": "i1"} | given), BEARER).api_key == state


def test_the_recorded_strava_stub_has_id_start_and_source_only() -> None:
    body = facts_path("reference", "intervals-icu", "examples", "activities-list-strava-stub.json")
    stub, ride = read(protocol.activities(DAY, NEXT), Response(200, {}, body.read_bytes()), BEARER)
    start = datetime.fromisoformat("1998-08-20T14:08:41")
    note = "STRAVA activities are not available via the API"
    assert stub == RemoteActivity("12345678", start, source="STRAVA", note=note)
    assert (ride.type, ride.name, ride.moving) == ("Ride", "Morning Endurance Ride", 5400)


def test_a_list_that_is_none_is_named() -> None:
    with pytest.raises(ServiceError, match="the answer is not a list"):
        read(protocol.activities(DAY, NEXT), answer({}), BEARER)


def wellness(*days: dict[str, object]) -> list[WellnessRecord]:
    return read(protocol.wellness(DAY, NEXT), answer([{"id": "2026-10-05", **day} for day in days]), BEARER)


def test_the_recorded_wellness_day_is_read() -> None:
    body = facts_path("reference", "intervals-icu", "examples", "wellness-subjective-write-response.json")
    (record,) = wellness(json.loads(body.read_bytes()) | {"id": "2026-10-05"})
    assert record.values == {
        "fatigue": 2, "mood": 4, "motivation": 4, "sleepQuality": 3, "soreness": 2, "stress": 2,
    }  # fmt: skip
    assert record.locked


def test_the_recorded_fitness_series_holds_no_values_of_ours() -> None:
    body = facts_path("reference", "intervals-icu", "examples", "fitness-ctl-atl-series-60days.json")
    days = [{"id": row.pop("date"), **row} for row in json.loads(body.read_bytes())["records"]]
    found = read(protocol.wellness(DAY, NEXT), answer(days), BEARER)
    assert len(found) == 60
    assert not any(record.values for record in found)


def test_a_day_keeps_known_and_custom_values_and_drops_nulls_and_bookkeeping() -> None:
    (record,) = wellness(
        {"weight": WEIGHT, "ActiveEnergy": 512, "Mood2": "fine", "restingHR": None, "ctl": 50.1, "sportInfo": None}
        | {"updated": "2026-10-05T16:29:54.818+00:00", "locked": None, "menstrualPhasePredicted": "LUTEAL"}
    )
    assert record == WellnessRecord(DAY, {"weight": WEIGHT, "ActiveEnergy": 512, "Mood2": "fine"})


def test_a_value_carried_in_from_the_settings_is_marked_temporary() -> None:
    (record,) = wellness({"weight": WEIGHT, "tempWeight": True, "restingHR": 48, "tempRestingHR": False})
    assert record.temporary == {"weight"}
    assert record.values == {"weight": WEIGHT, "restingHR": 48}


def test_a_day_that_was_kept_holds_what_was_measured_and_what_can_be_read() -> None:
    kept = {"id": "x", "weight": WEIGHT, "tempWeight": True, "restingHR": 48, "steps": "many", "locked": "maybe"}
    day = stored_day(DAY, kept)
    assert (day.day, day.stored("weight"), day.stored("restingHR"), day.stored("steps")) == (DAY, None, 48, None)


def test_an_unknown_key_of_an_unknown_shape_is_passed_over() -> None:
    (record,) = wellness({"news": {"a": [1]}, "flag": True, "list": [1, 2]})
    assert record.values == {}


@pytest.mark.parametrize(
    ("day", "place"),
    [
        ({"weight": "heavy"}, "[0].weight is not a number"),
        ({"weight": True}, "[0].weight is not a number"),
        ({"steps": {"count": 3}}, "[0].steps is not a number"),
        ({"menstrualPhase": 3}, "[0].menstrualPhase is not a word"),
        ({"locked": "yes"}, "[0].locked is not true or false"),
        ({"id": "yesterday"}, "[0].id is not a day"),
        ({"id": None}, "[0].id is not a day"),
    ],
)
def test_a_wrong_type_is_named_by_its_place(day: dict[str, object], place: str) -> None:
    with pytest.raises(ServiceError) as caught:
        wellness(day)
    assert (
        caught.value.cause
        == f"Intervals.icu answered GET /api/v1/athlete/0/wellness with something unreadable: {place}."
    )


def test_only_wellness_fields_count_as_custom_fields() -> None:
    items = [
        {"id": 1, "type": "INPUT_FIELD", "content": {"code": "ActiveEnergy", "type": "numeric"}},
        {"id": 2, "type": "ACTIVITY_FIELD", "content": {"code": "Shoes", "type": "text"}},
        {"id": 3, "type": "FITNESS_CHART", "content": None},
        {"id": 4, "type": "INPUT_FIELD", "content": None},
    ]
    assert read(protocol.custom_fields(), answer(items), BEARER) == {"ActiveEnergy"}


@pytest.mark.parametrize(("status", "created"), [(201, True), (200, False)])
def test_an_upload_tells_new_from_already_there(status: int, created: bool) -> None:
    given = {"icu_athlete_id": "i1", "id": "i7", "activities": [{"icu_athlete_id": "i1", "id": "i7"}]}
    assert read(upload(), answer(given, status), BEARER) == Upload(("i7",), created)


def test_a_multisport_file_gives_several_activities() -> None:
    given = {"id": "i7", "activities": [{"id": "i7"}, {"id": "i8"}, {"id": "i9"}]}
    assert read(upload(), answer(given, 201), BEARER).ids == ("i7", "i8", "i9")


def test_an_upload_answer_without_a_list_still_names_its_activity() -> None:
    assert read(upload(), answer({"id": "i7", "activities": None}), BEARER).ids == ("i7",)


def test_the_empty_answer_to_a_bulk_write_is_an_acknowledgement() -> None:
    read(protocol.put_wellness({}), Response(200, {}, b""), BEARER)


def test_the_page_of_a_captive_portal_is_no_acknowledgement() -> None:
    with pytest.raises(ServiceError, match="PUT /api/v1/athlete/0/wellness-bulk"):
        read(protocol.put_wellness({}), Response(200, {}, b"<html>Welcome to our hotel</html>"), BEARER)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b'[{"id": "2026-10-05", "wei',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"[NaN]",
        b"null",
        b"[[]]",
        b'[{"id": "2026-10-05", "weight": 1e999}]',
        b'[{"id": "2026-10-05", "steps": ' + b"9" * 400 + b"}]",
    ],
    ids=["empty", "html", "truncated", "binary", "deep", "nan", "null", "nested", "infinite", "endless"],
)
def test_an_answer_nobody_can_read_is_an_error_that_names_the_path(body: bytes) -> None:
    with pytest.raises(ServiceError, match="GET /api/v1/athlete/0/wellness "):
        read(protocol.wellness(DAY, NEXT), Response(200, {}, body), BEARER)
