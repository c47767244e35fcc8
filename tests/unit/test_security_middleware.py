"""The walls around the web app: each of them refuses what it is there for."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from intervals_companion.app import sessions
from intervals_companion.domain.errors import UsageError
from intervals_companion.web.context import public_address
from intervals_companion.web.pages import local_path
from intervals_companion.web.server import Listen, check, server
from support.app_fixture import AppFixture, app_fixture
from support.browsers import HERE, Browser, browser


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    with app_fixture(tmp_path) as made:
        yield made


@pytest.fixture
def visitor(home: AppFixture) -> Iterator[Browser]:
    with browser(home) as made:
        yield made


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "192.168.1.5:8787", "", "[::1"])
def test_another_host_is_misdirected(visitor: Browser, host: str) -> None:
    assert visitor.get("/sign-in", headers={"host": host}).status_code == 421


def test_the_number_of_this_machine_leads_to_its_name(visitor: Browser) -> None:
    answer = visitor.get("/sign-in?next=/metrics", headers={"host": "127.0.0.1:8787"})
    assert answer.headers["location"] == f"{HERE}/sign-in?next=/metrics"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://localhost:8787"},
        {"origin": "http://localhost:8788"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": "null", "sec-fetch-site": "same-site"},
    ],
)
def test_a_change_from_elsewhere_is_refused(visitor: Browser, headers: dict[str, str]) -> None:
    assert visitor.let_in().post("/sign-in", headers=headers).status_code == 403


def test_a_form_without_a_referrer_is_known_by_the_browsers_own_word(visitor: Browser, home: AppFixture) -> None:
    visitor.let_in()
    answer = visitor.post("/sign-in", headers={"origin": "null", "sec-fetch-site": "same-origin"})
    assert answer.headers["location"].startswith(home.context.service)


@pytest.mark.parametrize("token", ["", "x", "0" * 43])
def test_a_stale_token_changes_nothing(visitor: Browser, token: str) -> None:
    answer = visitor.let_in().post("/sign-in", csrf=token or "none")
    assert answer.status_code == 403
    assert "out of date" in answer.text


def test_every_page_forbids_frames_scripts_of_others_and_memory(visitor: Browser) -> None:
    headers = visitor.get("/sign-in").headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_forms_lead_here_or_to_the_service(visitor: Browser, home: AppFixture) -> None:
    policy = visitor.get("/sign-in").headers["content-security-policy"]
    assert f"form-action 'self' {home.context.service};" in policy


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor: Browser) -> None:
    visitor.let_in()
    answer = visitor.post("/sign-in")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "samesite=lax" in answer.headers["set-cookie"].lower()


def test_under_tls_the_cookie_belongs_to_this_host_alone(home: AppFixture) -> None:
    with browser(home, "https://companion.example.org") as visitor:
        client = TestClient(visitor.client.app, base_url="https://companion.example.org", follow_redirects=False)
        path = sessions.new_link(home.context, "")
        cookie = client.post(path, data={"x": "1"}, headers={"origin": "https://companion.example.org"}).headers[
            "set-cookie"
        ]
        assert cookie.startswith("__Host-companion=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "domain" not in cookie.lower()


def test_under_tls_so_does_the_cookie_of_a_sign_in_under_way(home: AppFixture) -> None:
    there = "https://companion.example.org"
    with browser(home, there) as visitor:
        client = TestClient(visitor.client.app, base_url=there, follow_redirects=False)
        client.post(sessions.new_link(home.context, ""), data={"x": "1"}, headers={"origin": there})
        found = re.search(r"name=csrf value=([\w-]+)", client.get("/sign-in").text)
        assert found is not None
        form = {"csrf": found[1], "by_hand": "1"}
        answer = client.post("/sign-in", data=form, headers={"origin": there})
        assert answer.headers["set-cookie"].startswith("__Host-companion-signing=")
        assert "Secure" in answer.headers["set-cookie"]
        (authorize,) = re.findall(r'href="([^"]+/oauth/authorize[^"]+)"', answer.text)
        with home.person() as person:
            form["landing"] = person.allow(unescape(authorize))
        landed = client.post("/sign-in/paste", data=form, headers={"origin": there})
        assert landed.headers["location"] == "/signed-in"
        assert not [name for name in client.cookies if "signing" in name]


@pytest.mark.parametrize(
    ("public_url", "strict"),
    [("https://companion.example.org", True), ("https://localhost:8787", False), (HERE, False)],
)
def test_only_a_name_of_its_own_is_held_to_tls(home: AppFixture, public_url: str, strict: bool) -> None:
    with browser(home, public_url) as visitor:
        assert ("strict-transport-security" in visitor.get("/sign-in").headers) is strict


WAYS_OUT = [
    "/settings/leave/browser", "/settings/browsers/end-all", "/settings/leave/logout", "/settings/leave/full-logout",
    "/settings/leave/delete",
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS_OUT)
def test_whoever_leaves_leaves_nothing_in_the_browser(visitor: Browser, home: AppFixture, way: str) -> None:
    visitor.let_in().sign_in(home)
    answer = visitor.post(way)
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert "companion" not in visitor.client.cookies
    assert visitor.get("/settings").headers["location"] == "/sign-in?next=/settings"


def test_a_forwarded_host_makes_no_link(visitor: Browser) -> None:
    visitor.let_in()
    said = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "forwarded": "host=evil.example"}
    page = visitor.post("/settings/browsers/add", headers=said)
    assert f"{HERE}/link/" in page.text
    assert "evil" not in page.text


def test_forwarded_headers_are_believed_of_a_named_proxy_alone(visitor: Browser) -> None:
    plain, behind = (server(visitor.web, Listen(port=0, proxy=proxy)).config for proxy in (None, "10.0.0.2"))
    assert not plain.proxy_headers
    assert (behind.proxy_headers, behind.forwarded_allow_ips) == (True, "10.0.0.2")


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "javascript:alert(1)", "/a\nb", ""]
)
def test_the_way_on_never_leaves_this_app(path: str) -> None:
    assert local_path(path) == "/today"


def test_a_path_of_ours_is_a_way_on() -> None:
    assert local_path("/metrics/weight?range=60") == "/metrics/weight?range=60"


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2f..%2fapp%2fjobs.py", "/static//etc/passwd"]
)
def test_no_path_leads_out_of_the_static_files(visitor: Browser, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_the_log_holds_no_query_and_no_link(visitor: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="intervals_companion.web")
    visitor.get("/sign-in?next=/secret-place")
    visitor.get("/link/very-secret")
    assert "secret" not in caplog.text
    assert "/sign-in 200" in caplog.text


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::"])
def test_another_address_needs_tls_or_a_word(host: str) -> None:
    with pytest.raises(UsageError) as problem:
        check(Listen(host))
    assert "--insecure-lan" in problem.value.cure


def test_a_word_or_a_certificate_opens_another_address(tmp_path: Path) -> None:
    check(Listen("0.0.0.0", insecure_lan=True))
    check(Listen("0.0.0.0", certificate=tmp_path / "cert", key=tmp_path / "key"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_needs_nothing(host: str) -> None:
    check(Listen(host))


@pytest.mark.parametrize(
    "text",
    [
        "companion.example.org",
        "ftp://x",
        "https://x/path",
        "https://x?y",
        "https://u:p@x",
        "",
        "https://",
        "https://x:99999",
        "https://x:0",
        "https://x:port",
        "https://exa mple.org",
        "http://[::1",
        "http://[evil]",
        "https://a;b",
        "https://x#y",
        "https://@x",
        "https://münchen.example",
        "https://-x-",
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        public_address(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.org:443", "https://example.org"),
        ("http://example.org:80/", "http://example.org"),
        ("https://Example.org:8443", "https://example.org:8443"),
        ("http://example.org:443", "http://example.org:443"),
        (" https://example.org ", "https://example.org"),
        ("http://192.168.1.5:8787", "http://192.168.1.5:8787"),
        ("https://[FE80::1]:443", "https://[fe80::1]"),
        ("http://my_nas", "http://my_nas"),
    ],
)
def test_an_address_is_written_as_browsers_write_an_origin(text: str, address: str) -> None:
    assert public_address(text) == address


def test_an_address_never_says_the_number_of_this_machine() -> None:
    assert public_address("http://127.0.0.1:8787/") == "http://localhost:8787"
