"""Activity files: uploads, the original back, a generated FIT file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

from starlette.responses import Response

from intervals_sandbox.answers import Json, download
from intervals_sandbox.api.activities import add_activity, open_to
from intervals_sandbox.call import Call, Handler
from intervals_sandbox.errors import invalid, not_found, too_large
from intervals_sandbox.files.recording import Recording, UnreadableFile
from intervals_sandbox.files.unpack import TooLarge, read_file, unpack
from intervals_sandbox.files.write_fit import write_fit
from intervals_sandbox.state import Activity, Athlete, Values
from intervals_sandbox.summary import summary
from intervals_sandbox.times import utc_text


def upload(call: Call) -> Response:
    """201 if anything new came of it, 200 if the athlete has it all. One unreadable file refuses a whole zip."""
    athlete = call.athlete()
    if "file" not in call.incoming.body.files:
        raise invalid("Required request part 'file' is not present")
    typed = _typed(call)
    if duplicate := _same_external_id(call, athlete):
        return _answer(call, athlete, [duplicate], 200)
    files = _unpacked(call, call.incoming.body.files["file"])
    read = _read(files)
    found = {digest: _made_of(call, athlete, digest, recordings) for digest, (_, recordings) in read.items()}
    new = [digest for digest, activities in found.items() if all(activity.deleted for activity in activities)]
    for digest in new:
        kind, recordings = read[digest]
        earlier = found[digest] if call.sandbox.switches.reuploaded_keeps_id else []
        found[digest] = []
        for recording in recordings:
            values = summary(recording, athlete) | {"file_type": kind, **typed}
            activity = add_activity(call, athlete, values, "UPLOAD", _old_id(earlier, recording))
            activity.file, activity.digest = files[digest], digest
            activity.keep(recording)
            found[digest].append(activity)
    return _answer(
        call, athlete, [activity for activities in found.values() for activity in activities], 201 if new else 200
    )


def _unpacked(call: Call, packed: bytes) -> dict[str, bytes]:
    """Digest -> content of each file in an upload."""
    try:
        files = {sha256(data).hexdigest(): data for data in unpack(packed, call.sandbox.limits.upload_bytes)}
    except UnreadableFile as problem:
        raise invalid(str(problem)) from problem
    except TooLarge:
        raise too_large() from None
    if not files:
        raise invalid("The archive is empty")
    return files


def _read(files: Mapping[str, bytes]) -> dict[str, tuple[str, list[Recording]]]:
    try:
        return {digest: read_file(data) for digest, data in files.items()}
    except UnreadableFile as problem:
        raise invalid(str(problem)) from problem


def _made_of(call: Call, athlete: Athlete, digest: str, recordings: Sequence[Recording]) -> list[Activity]:
    """The activities that were made of the same bytes before, deleted ones included.

    The files of seeded activities are written only where the upload starts at the same moment.
    """
    starts = {utc_text(recording.start) for recording in recordings}
    activities = call.sandbox.state.activities_of(athlete.id)
    for activity in activities:
        if activity.values.get("start_date") in starts:
            activity.original()
    return [activity for activity in activities if activity.digest == digest]


def _old_id(earlier: list[Activity], recording: Recording) -> str | None:
    same = (old for old in earlier if old.values.get("file_sport_index", 0) == recording.sport_index)
    return next((old.id for old in same), None)


def _typed(call: Call) -> Values:
    """What the query says of the activity: it goes before what the file says."""
    query = call.query
    names = ("name", "description", "device_name", "external_id")
    texts = {name: text for name in names if (text := query.text(name))}
    event = query.integer("paired_event_id")
    return texts if event is None else {**texts, "paired_event_id": event}


def _same_external_id(call: Call, athlete: Athlete) -> Activity | None:
    external = call.query.text("external_id")
    if not external or not call.sandbox.switches.external_id_dedupes_uploads:
        return None
    same = (
        activity
        for activity in call.sandbox.state.activities_of(athlete.id)
        if activity.values.get("external_id") == external and not activity.deleted
    )
    return next(same, None)


def _answer(call: Call, athlete: Athlete, found: list[Activity], status: int) -> Response:
    ids = [{"icu_athlete_id": athlete.id, "id": activity.id} for activity in found if not activity.deleted]
    first = ids[0]["id"] if call.sandbox.switches.upload_id_is_first else None
    return Json({"icu_athlete_id": athlete.id, "id": first, "activities": ids}, status)


def original_file(call: Call) -> Response:
    activity = open_to(call)
    content = activity.original()
    if content is None:
        raise not_found("File")
    return download(content, f"{activity.id}.{activity.values['file_type']}")


def fit_file(call: Call) -> Response:
    activity = open_to(call)
    power, heartrate = call.query.flag("power", True), call.query.flag("hr", True)
    if activity.record is None:
        raise not_found("File")
    return download(write_fit(activity.record(), power, heartrate), f"{activity.id}.fit")


HANDLERS: dict[str, Handler] = {
    "uploadActivity": upload,
    "downloadActivityFile": original_file,
    "downloadActivityFitFile": fit_file,
}
