"""Whatever a request says of the host, no redirect and no link leads to another one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from support.app_fixture import AppFixture
from support.served import Served, served, status

EVIL = "evil.example"
TARGETS = [
    f"http://{EVIL}/", f"http://{EVIL}/today", f"HTTP://{EVIL}/sign-in", f"//{EVIL}", f"//{EVIL}/today/", f"///{EVIL}",
    f"@{EVIL}/", f"{EVIL}:443", f"/@{EVIL}", f"/\\{EVIL}", f"/%5c{EVIL}", f"/%2f{EVIL}/", f"/.{EVIL}",
    f"/%0d%0alocation:%20http://{EVIL}/", f"/sign-in?next=//{EVIL}", f"/sign-in?next=http://{EVIL}",
    f"/sign-in?next=/%5c{EVIL}", f"/link/{EVIL}/", "/today/", "/static",
]  # fmt: skip
HOSTS = [
    "localhost:{port}", "127.0.0.1:{port}", f"{EVIL}:{{port}}", f"localhost:{{port}}@{EVIL}",
    f"{EVIL}@localhost:{{port}}", f"localhost:{{port}}#.{EVIL}", f"localhost:{{port}}/.{EVIL}", f"localhost\\.{EVIL}",
    f"localhost, {EVIL}", f"localhost.{EVIL}",
]  # fmt: skip
FORWARDED = {
    "x_forwarded_host": EVIL, "x_forwarded_proto": "https", "x_forwarded_port": "1", "x_forwarded_prefix": f"//{EVIL}",
    "x_forwarded_for": "10.0.0.1", "x_original_url": f"http://{EVIL}/", "forwarded": f"host={EVIL};proto=https",
}  # fmt: skip


@pytest.fixture
def server(home: AppFixture) -> Iterator[Served]:
    with served(home) as made:
        yield made


def leads_elsewhere(answer: bytes, port: int) -> list[str]:
    """Addresses of redirects and links in an answer that name another host."""
    head, _, page = answer.decode(errors="replace").partition("\r\n\r\n")
    found = re.findall(r"^(?:location|refresh|link|content-location): *(.*)$", head, re.MULTILINE | re.IGNORECASE)
    found += re.findall(r"""(?:href|src|action|hx-\w+)=["']?([^"' >]+)""", page)
    return [one for one in found if EVIL in urlsplit(one.replace("\\", "/")).netloc or "@" in urlsplit(one).netloc]


@pytest.mark.parametrize("forwarded", [{}, FORWARDED])
def test_no_target_and_no_host_leads_elsewhere(server: Served, forwarded: dict[str, str]) -> None:
    bad = []
    for target in TARGETS:
        for host in HOSTS:
            said = {"host": host.format(port=server.port), "cookie": f"companion={server.cookie}", **forwarded}
            answer = server.ask(server.head("GET", target, connection="close", **said))
            served_it = status(answer) == 200 and EVIL in host
            if leads_elsewhere(answer, server.port) or served_it:
                bad.append((target, host, answer[:300]))
    assert bad == []


@pytest.mark.parametrize("target", [one for one in TARGETS if not one.startswith("/")])
def test_a_target_of_another_place_is_not_served(server: Served, target: str) -> None:
    assert status(server.ask(server.head("GET", target, connection="close"))) in (400, 421)


def test_a_second_host_header_is_not_served(server: Served) -> None:
    head = server.head("GET", "/sign-in", connection="close")
    doubled = head.replace(b"\r\n\r\n", f"\r\nhost: {EVIL}\r\n\r\n".encode())
    assert status(server.ask(doubled)) in (400, 421)
