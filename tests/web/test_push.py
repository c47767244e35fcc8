"""The addresses that phones push to."""

from __future__ import annotations

import gzip
import json
import logging
import tracemalloc
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attrs import define
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from intervals_companion.app.context import AppContext
from intervals_companion.app.ingest import compressed, devices
from intervals_companion.app.settings import Settings
from intervals_companion.web.ingest import push
from support.app_fixture import Clock
from support.pushes import body, item, metric
from support.store_builders import archived, empty_store, set_pragma

AUTO_EXPORT, SHORTCUTS = "/push/health-auto-export", "/push/shortcuts"
WEIGHT = body(metric("weight_body_mass", "kg", item("2026-03-10 07:02:13 +0100", 72.4, "Scale")))


@define
class Jobs:
    pushes: int = 0

    def after_push(self) -> None:
        self.pushes += 1


@define
class Served:
    """What the pages' AppFixture is for a push."""

    context: AppContext
    jobs: Jobs


@define
class Phone:
    """A phone with a token, and the companion it pushes to."""

    served: Served
    client: TestClient
    clock: Clock
    token: str
    device: str

    def push(self, content: bytes = WEIGHT, path: str = AUTO_EXPORT, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(path, content=content, headers={"authorization": f"Bearer {self.token}"} | named)

    def stored(self) -> int:
        return sum(len(rows) for rows in archived(self.served.context.store).values())


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Phone]:
    clock = Clock()
    with closing(empty_store(tmp_path)) as store:
        context = AppContext(Settings(store.folder), store, "Europe/Berlin", clock=clock, monotonic=clock.monotonic)
        app = Starlette(routes=push.routes)
        app.state.web = Served(context, Jobs())
        new = devices.add_device(context, devices.AUTO_EXPORT, "Ann’s iPhone")
        with TestClient(app, base_url="http://localhost:8787") as client:
            yield Phone(app.state.web, client, clock, new.token, new.device)


# --- what is answered ------------------------------------------------------------------------------------------------


def test_a_push_is_stored_when_it_is_answered_and_says_what_was_new(phone: Phone) -> None:
    answer = phone.push()
    assert (answer.status_code, answer.json()) == (200, {"new": 1, "known": 0, "refused": []})
    assert phone.stored() == 1
    assert phone.push().json() == {"new": 0, "known": 1, "refused": []}


def test_a_sync_is_asked_for_after_each_push_and_after_no_refusal(phone: Phone) -> None:
    phone.push()
    phone.push(b"{")
    phone.push(authorization="Bearer wrong")
    assert phone.served.jobs.pushes == 1


def test_what_is_refused_has_a_count_and_a_cure(phone: Phone) -> None:
    (refused,) = phone.push(body(metric("aura", "au", item("2026-03-10", 1)))).json()["refused"]
    assert refused.keys() == {"what", "count", "cure"}
    assert refused["count"] == 1


def test_a_shortcut_has_its_own_address(phone: Phone) -> None:
    new = devices.add_device(phone.served.context, devices.SHORTCUTS, "Ann’s iPhone")
    content = json.dumps({"type": "Weight", "value": "72,5 kg", "date": "2026-03-10T07:00:00+01:00"}).encode()
    answer = phone.push(content, SHORTCUTS, authorization=f"Bearer {new.token}")
    assert answer.json() == {"new": 1, "known": 0, "refused": []}


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic {token}", "{token}", "bearer: {token}"]
)
def test_without_the_right_token_nobody_comes_in(phone: Phone, header: str) -> None:
    answer = phone.push(authorization=header.format(token=phone.token))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "Settings > Devices" in answer.json()["cure"]
    assert phone.stored() == 0


@pytest.mark.parametrize("place", ["query", "cookie", "body"])
def test_the_token_counts_in_the_header_alone(phone: Phone, place: str) -> None:
    query = {"token": phone.token, "access_token": phone.token} if place == "query" else {}
    cookies = {"cookie": f"token={phone.token}"} if place == "cookie" else {}
    content = json.dumps({"data": {}, "token": phone.token}).encode() if place == "body" else WEIGHT
    assert phone.client.post(AUTO_EXPORT, content=content, params=query, headers=cookies).status_code == 401


def test_a_revoked_token_opens_nothing(phone: Phone) -> None:
    devices.revoke(phone.served.context, phone.device)
    assert phone.push().status_code == 401


def test_a_token_of_one_way_does_not_open_the_other(phone: Phone) -> None:
    answer = phone.push(path=SHORTCUTS)
    assert answer.status_code == 403
    assert "address" in answer.json()["cure"]
    assert phone.stored() == 0


def test_the_word_bearer_has_no_case(phone: Phone) -> None:
    assert phone.push(authorization=f"BEARER {phone.token}").status_code == 200


def test_only_post_is_served(phone: Phone) -> None:
    assert phone.client.get(AUTO_EXPORT).status_code == 405


# --- how much --------------------------------------------------------------------------------------------------------


def test_120_requests_a_minute_pass_and_the_next_is_told_when_to_come_again(phone: Phone) -> None:
    for _ in range(push.MOST_A_MINUTE):
        phone.clock.wait(0.25)
        assert phone.push(b'{"data":{}}').status_code == 200
    answer = phone.push(b'{"data":{}}')
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "31")
    phone.clock.wait(31)
    assert phone.push(b'{"data":{}}').status_code == 200


def test_one_device_does_not_use_up_the_other_s_minute(phone: Phone) -> None:
    answers = [phone.push(b'{"data":{}}').status_code for _ in range(push.MOST_A_MINUTE + 1)]
    assert answers[-1] == 429
    other = devices.add_device(phone.served.context, devices.AUTO_EXPORT, "Ann’s iPad")
    assert phone.push(b'{"data":{}}', authorization=f"Bearer {other.token}").status_code == 200


def _of(size: int) -> bytes:
    return b'{"data":{}}'.ljust(size)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """The limit, small enough to be met in no time; what it really is, another test says."""
    monkeypatch.setattr(push, "MOST_BYTES", 10_000)
    return 10_000


def test_64_megabytes_are_the_limit() -> None:
    assert push.MOST_BYTES == 64 * 1024 * 1024


def test_a_body_at_the_limit_passes_and_one_byte_more_is_told_to_come_in_batches(phone: Phone, small: int) -> None:
    assert phone.push(_of(small)).status_code == 200
    answer = phone.push(_of(small + 1))
    assert answer.status_code == 413
    assert "Batch Requests" in answer.json()["cure"]


def test_a_body_without_a_length_is_counted_as_it_comes(phone: Phone, small: int) -> None:
    endless = (b" " * 1000 for _ in range(1000))
    answer = phone.client.post(AUTO_EXPORT, content=endless, headers={"authorization": f"Bearer {phone.token}"})
    assert answer.status_code == 413


ENCODINGS: Mapping[str, Any] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "identity": bytes,
    "GZIP": gzip.compress,
    "deflate, gzip": lambda content: gzip.compress(zlib.compress(content)),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_compressed_body_is_read(phone: Phone, encoding: str) -> None:
    assert phone.push(ENCODINGS[encoding](WEIGHT), content_encoding=encoding).json()["new"] == 1


def test_deflate_without_its_wrapper_is_read(phone: Phone) -> None:
    bare = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    assert phone.push(bare.compress(WEIGHT) + bare.flush(), content_encoding="deflate").json()["new"] == 1


def test_all_members_of_a_gzip_body_are_read() -> None:
    parts = [WEIGHT[:30], b"", WEIGHT[30:]]
    body = b"".join(map(gzip.compress, parts))
    assert push.decoded(body, "gzip") == WEIGHT
    assert push.decoded(body + bytes(100_000), "gzip") == WEIGHT  # padding, as some tools write it


@pytest.mark.parametrize("behind", [b"x", b"\x1f", gzip.compress(b"more", mtime=0)[:-9], bytes(70_000) + b"x"])
def test_what_stands_behind_a_gzip_body_and_is_no_member_is_refused(behind: bytes) -> None:
    with pytest.raises(push._Refusal):
        push.decoded(gzip.compress(WEIGHT) + behind, "gzip")


def test_a_gzip_body_of_members_without_end_is_refused() -> None:
    with pytest.raises(push._Refusal):
        push.decoded(gzip.compress(b"") * (compressed.MOST_MEMBERS + 1), "gzip")


def test_members_together_are_no_larger_than_one_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "MOST_BYTES", 2**20)
    with pytest.raises(push._Refusal) as refusal:
        push.decoded(gzip.compress(bytes(2**19)) * 3, "gzip")
    assert refusal.value.response.status_code == 413


@given(st.binary(max_size=300), st.integers(1, 40), st.sampled_from(["gzip", "deflate"]))
def test_a_compressed_body_is_unpacked_whole_wherever_it_is_cut(content: bytes, piece: int, encoding: str) -> None:
    packed = gzip.compress(content) if encoding == "gzip" else zlib.compress(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compressed, "_PIECE_BYTES", piece)
        patch.setattr(compressed, "_UNPACKED_BYTES", piece)
        assert push.decoded(packed, encoding) == content


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "deflate, gzip"])
def test_a_bomb_is_refused(phone: Phone, small: int, encoding: str) -> None:
    bomb = ENCODINGS[encoding](_of(100 * small))
    assert len(bomb) < small
    answer = phone.push(bomb, content_encoding=encoding)
    assert answer.status_code == 413
    assert "Batch Requests" in answer.json()["cure"]


def test_a_bomb_is_not_unpacked_to_its_end() -> None:
    bomb = gzip.compress(bytes(50 * 2**20), 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(push, "MOST_BYTES", 2**20)
        tracemalloc.start()
        with pytest.raises(Exception, match="413"):
            push.decoded(bomb, "gzip")
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert most < 4 * 2**20


def test_a_damaged_or_cut_off_body_is_refused(phone: Phone) -> None:
    packed = gzip.compress(WEIGHT)
    for broken in (b"not gzip", packed[:-6], packed[:20]):
        assert phone.push(broken, content_encoding="gzip").status_code == 400
    assert phone.stored() == 0


def test_an_unknown_encoding_names_the_known_ones(phone: Phone) -> None:
    answer = phone.push(content_encoding="br")
    assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "gzip, deflate")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b"[]", b'{"data": 1}', b"null"])
def test_a_malformed_body_is_refused_with_cause_and_cure(phone: Phone, content: bytes) -> None:
    answer = phone.push(content)
    assert answer.status_code == 400
    assert answer.json()["cause"]
    assert answer.json()["cure"]
    assert phone.stored() == 0


def test_a_full_disk_is_no_success(phone: Phone) -> None:
    store = phone.served.context.store
    set_pragma(store, "max_page_count=1")
    many = [item(f"2026-{month:02}-{day:02} 07:02:13 +0100", 70.0) for month in range(1, 13) for day in range(1, 29)]
    answer = phone.push(body(metric("weight_body_mass", "kg", *many)))
    assert answer.status_code == 507
    assert answer.json()["cure"]
    assert phone.served.jobs.pushes == 0


def test_refusals_are_logged_and_nothing_personal_is(phone: Phone, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        phone.push()
        phone.push(b'{"data": {"weight": 72.4}')
        phone.push(authorization="Bearer secret-token")
    said = [record.getMessage() for record in caplog.records if record.name.startswith("intervals_companion")]
    assert said == ["push refused: 400", "push refused: 401"]
    others = " ".join(record.getMessage() for record in caplog.records)
    assert not any(word in others for word in (phone.token, "72.4", "secret-token", "Scale"))


def test_two_pushes_at_once_both_arrive(phone: Phone) -> None:
    # TestClient serves each request on the one loop; the work itself is in threads
    days = [body(metric("weight_body_mass", "kg", item(f"2026-03-{day} 07:02:13 +0100", day))) for day in range(10, 18)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(phone.push, days))
    assert [answer.json()["new"] for answer in answers] == [1] * 8
    assert phone.stored() == 8
