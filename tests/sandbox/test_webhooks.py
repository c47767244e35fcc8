"""What changed is told to an app that wants to hear of it."""

from __future__ import annotations

import json
import queue
import socket
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from attrs import define, field

from intervals_sandbox.webhooks import TRIES, Webhooks, post
from sandbox.harness import TODAY, Box, box

URL, SECRET = "http://localhost:8787/hooks/intervals", "hush"
DAY = f"/athlete/0/wellness/{TODAY}"


@define
class Listener:
    """Answers what it is told to, and keeps what came."""

    status: int = 200
    calls: list[tuple[str, dict[str, Any], Mapping[str, str]]] = field(factory=list)

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.calls.append((url, json.loads(body), headers))
        return self.status

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for _, call, _ in self.calls for event in call["events"]]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def sandbox(listener: Listener) -> Iterator[Box]:
    own = box(webhooks=Webhooks(listener, start=lambda work: work()))
    with own.client:
        assert own.client.put("/sandbox/webhook", json={"url": URL, "secret": SECRET}).status_code == 200
        yield own


def test_a_day_that_is_written_is_told_without_nulls(sandbox: Box, listener: Listener) -> None:
    sandbox.token()
    listener.calls.clear()
    sandbox.put(DAY, {"weight": 65.2})
    ((url, call, headers),) = listener.calls
    assert (url, call["secret"], headers["User-Agent"].startswith("Java-http-client/")) == (URL, SECRET, True)
    (event,) = call["events"]
    assert (event["athlete_id"], event["type"]) == (sandbox.you.id, "WELLNESS_UPDATED")
    (record,) = event["records"]
    assert (record["id"], record["weight"]) == (str(TODAY), 65.2)
    assert None not in record.values()


def test_many_days_in_one_request_are_one_event(sandbox: Box, listener: Listener) -> None:
    sandbox.token()
    listener.calls.clear()
    sandbox.put("/athlete/0/wellness-bulk", [{"id": "2026-11-01", "mood": 1}, {"id": "2026-11-02", "mood": 2}])
    (event,) = listener.events
    assert [record["id"] for record in event["records"]] == ["2026-11-01", "2026-11-02"]


def test_a_new_changed_and_deleted_activity_is_told(sandbox: Box, listener: Listener) -> None:
    sandbox.token()
    listener.calls.clear()
    made = sandbox.post(
        "/athlete/0/activities/manual", {"start_date_local": "2026-11-20T08:00:00", "type": "Run", "moving_time": 600}
    ).json()
    sandbox.put(f"/activity/{made['id']}", {"name": "Early"})
    sandbox.delete(f"/activity/{made['id']}")
    assert listener.types == ["ACTIVITY_UPLOADED", "ACTIVITY_UPDATED", "ACTIVITY_DELETED"]
    uploaded, updated, deleted = (event["activity"] for event in listener.events)
    assert (uploaded["type"], updated["name"]) == ("Run", "Early")
    assert deleted == {"id": made["id"], "icu_athlete_id": sandbox.you.id, "source": "MANUAL"}


def test_a_changed_grant_is_told_with_the_whole_new_scope(sandbox: Box, listener: Listener) -> None:
    sandbox.token("WELLNESS:WRITE,ACTIVITY:READ")
    sandbox.token("WELLNESS:WRITE,ACTIVITY:READ", ["WELLNESS:READ"])
    app = next(iter(sandbox.sandbox.state.apps.values()))
    assert listener.types == ["APP_SCOPE_CHANGED"] * 2
    first, second = listener.events
    assert (first["scope"], first["deauthorized"]) == ("WELLNESS:WRITE,ACTIVITY:READ", False)
    assert (second["scope"], second["client_id"], second["client_name"]) == ("WELLNESS:READ", app.client_id, app.name)


def test_a_revoked_and_a_disconnected_app_is_told_so(sandbox: Box, listener: Listener) -> None:
    token = sandbox.token("WELLNESS:READ")
    sandbox.delete("/disconnect-app", token=token)
    sandbox.token("WELLNESS:READ")
    app = next(iter(sandbox.sandbox.state.apps.values()))
    sandbox.form("/settings/revoke", client_id=str(app.client_id))
    assert [(event["scope"], event["deauthorized"]) for event in listener.events] == [
        ("WELLNESS:READ", False), ("", True), ("WELLNESS:READ", False), ("", True),
    ]  # fmt: skip


def test_signing_in_again_with_the_same_rights_is_no_change(sandbox: Box, listener: Listener) -> None:
    sandbox.token("WELLNESS:READ")
    listener.calls.clear()
    sandbox.token("WELLNESS:READ")
    assert listener.calls == []


@pytest.mark.parametrize(("scope", "types"), [("ACTIVITY:READ", []), ("WELLNESS:READ", ["WELLNESS_UPDATED"])])
def test_an_area_that_was_not_granted_is_not_told_of(
    sandbox: Box, listener: Listener, scope: str, types: list[str]
) -> None:
    sandbox.token(scope)
    listener.calls.clear()
    sandbox.put(DAY, {"mood": 1})
    assert listener.types == types


def test_an_athlete_without_the_app_is_not_told_of(sandbox: Box, listener: Listener) -> None:
    sandbox.put(DAY, {"mood": 1})
    assert listener.calls == []


def test_what_is_refused_or_only_read_changes_nothing(sandbox: Box, listener: Listener) -> None:
    sandbox.token()
    listener.calls.clear()
    sandbox.put(DAY, {"feel": 1})
    sandbox.get(DAY)
    assert listener.calls == []


def test_strava_is_never_told_of(sandbox: Box, listener: Listener) -> None:
    sandbox.token()
    listener.calls.clear()
    stub = next(one for one in sandbox.activities() if one.stub)
    sandbox.delete(f"/activity/{stub.id}")
    assert listener.calls == []


def test_a_comment_that_is_posted_edited_and_deleted_is_told_each_time(sandbox: Box, listener: Listener) -> None:
    sandbox.token()
    listener.calls.clear()
    activity = next(one for one in sandbox.activities() if "icu_chat_id" not in one.values and not one.stub)
    sandbox.friend.api_key = "friendskey"
    sent = sandbox.post(f"/activity/{activity.id}/messages", {"content": "Nice"}, auth=sandbox.key(sandbox.friend))
    message = f"/chats/{activity.values['icu_chat_id']}/messages/{sent.json()['id']}"
    sandbox.put(message, {"content": "Very nice"}, auth=sandbox.key(sandbox.friend))
    sandbox.delete(message, auth=sandbox.key(sandbox.friend))
    events = listener.events
    assert listener.types == ["CHAT_UPDATE"] * 3
    assert [event["athlete_id"] for event in events] == [sandbox.you.id] * 3
    assert [event["chat"]["new_message_count"] for event in events] == [1, 1, 0]
    assert [[said.get("content") for said in event["messages"]] for event in events] == [
        ["Nice"],
        ["Very nice"],
        [None],
    ]


def test_an_answer_to_your_comment_is_told_and_talk_of_others_is_not(sandbox: Box, listener: Listener) -> None:
    sandbox.token()
    sandbox.friend.api_key = "friendskey"
    joined, other = [one for one in sandbox.activities(sandbox.friend) if "icu_chat_id" not in one.values][:2]
    sandbox.post(f"/activity/{joined.id}/messages", {"content": "Well done"})
    listener.calls.clear()
    for activity in (joined, other):
        sandbox.post(f"/activity/{activity.id}/messages", {"content": "Thanks"}, auth=sandbox.key(sandbox.friend))
    (event,) = listener.events
    assert [said["content"] for said in event["messages"]] == ["Thanks"]


def test_seen_marks_are_not_told(sandbox: Box, listener: Listener) -> None:
    sandbox.token()
    talked = next(one for one in sandbox.activities() if "icu_chat_id" in one.values)
    chat = sandbox.sandbox.state.chats[talked.values["icu_chat_id"]]
    listener.calls.clear()
    sandbox.put(f"/chats/{chat.id}/messages/{max(chat.messages)}/seen", {})
    assert listener.calls == []


def test_chats_are_told_to_those_who_granted_them(sandbox: Box, listener: Listener) -> None:
    sandbox.token("WELLNESS:WRITE")
    listener.calls.clear()
    sandbox.post(f"/activity/{sandbox.activities()[-1].id}/messages", {"content": "Note to myself"})
    assert listener.calls == []


@pytest.mark.parametrize(("status", "times"), [(200, 1), (204, 1), (500, TRIES), (404, TRIES), (0, TRIES)])
def test_a_call_that_is_not_taken_is_made_again(sandbox: Box, listener: Listener, status: int, times: int) -> None:
    sandbox.token()
    listener.calls.clear()
    listener.status = status
    sandbox.put(DAY, {"mood": 1})
    assert len(listener.calls) == times


def test_the_address_can_be_taken_away(sandbox: Box, listener: Listener) -> None:
    sandbox.token()
    assert sandbox.client.get("/sandbox/webhook").json()["url"] == URL
    assert sandbox.client.put("/sandbox/webhook", content=b"null").json() is None
    listener.calls.clear()
    sandbox.put(DAY, {"mood": 1})
    assert listener.calls == []


def test_an_authorization_is_sent_where_it_was_asked_for(sandbox: Box, listener: Listener) -> None:
    wanted = {"url": URL, "secret": SECRET, "authorization": "Bearer x"}
    sandbox.client.put("/sandbox/webhook", json=wanted)
    sandbox.token()
    assert listener.calls[0][2]["Authorization"] == "Bearer x"


def test_by_itself_it_posts_over_the_network_and_nobody_waits_for_it() -> None:
    came: queue.Queue[bytes] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.handle_request).start()
        own = box()
        url = f"http://127.0.0.1:{server.server_port}/hooks/intervals"
        own.client.put("/sandbox/webhook", json={"url": url, "secret": SECRET})
        own.token()
        assert json.loads(came.get(timeout=10))["events"][0]["type"] == "APP_SCOPE_CHANGED"


def test_an_address_where_nobody_answers_is_no_answer() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert post(f"http://127.0.0.1:{unused.getsockname()[1]}/", b"{}", {}) == 0


@pytest.mark.parametrize(
    "wanted", [{}, {"url": URL}, {"url": URL, "secret": "x", "more": 1}, 3, {"url": URL, "secret": "x", "client_id": 9}]
)
def test_an_address_nobody_can_use_is_refused(sandbox: Box, wanted: object) -> None:
    assert sandbox.client.put("/sandbox/webhook", json=wanted).status_code == 422
