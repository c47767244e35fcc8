"""The tools that others wrote for chat assistants (the package intervals-icu-mcp), pointed at a sandbox.

Imported where they are used: it takes a second, which only one of the workers has to spend.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from intervals_sandbox.server import Running


def point(monkeypatch: pytest.MonkeyPatch, served: Running) -> None:
    """It has no setting for the address of the service: that is a constant of its client."""
    from intervals_icu_mcp.client import ICUClient

    monkeypatch.setattr(ICUClient, "BASE_URL", f"{served.base}/api/v1")
    monkeypatch.setenv("INTERVALS_ICU_API_KEY", str(served.sandbox.you.api_key))
    monkeypatch.setenv("INTERVALS_ICU_ATHLETE_ID", served.sandbox.you.id)
    monkeypatch.setenv("NO_PROXY", "*")


def use(tool: str, **arguments: Any) -> Any:
    """What a tool answers, by way of its protocol. In a thread: a browser may hold the loop of this one."""
    from fastmcp import Client
    from intervals_icu_mcp.server import mcp

    async def call() -> str:
        async with Client(mcp) as assistant:
            answer = await assistant.call_tool(tool, arguments)
            return str(answer.content[0].text)

    with ThreadPoolExecutor(1) as aside:
        return json.loads(aside.submit(lambda: asyncio.run(call())).result())["data"]


def comments(activity: str | None) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = use("icu_get_activity_messages", activity_id=activity)["messages"]
    return messages
