"""The code of docs/sdk.md, as it stands there, against the real thing."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from infra.embedded.stack import Stack

pytestmark = pytest.mark.engine

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)


async def test_the_page_runs_from_top_to_bottom(
    stack: Stack, examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("resnet.mge", "resnet-data.npy"):
        (tmp_path / name).symlink_to(examples / name)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"url": stack.url, "api_key": stack.services.secrets.token}
    # As a program would: the SDK's own loop runs in its own thread.
    await asyncio.to_thread(exec, compile("\n".join(blocks("sdk.md")), "docs/sdk.md", "exec"), names)
    said = capsys.readouterr().out
    assert "completed" in said
    assert re.search(r"median \d+\.\d\d ms, 4\d operators", said)
    assert "['submitted', 'queued', 'started', 'completed']" in said
    assert "engine_unknown" in said or "9.9.9" in said
    assert "cancelled" in said
    assert (tmp_path / "profile.json").stat().st_size > 1000
    assert "Conv" in names["job"]._repr_html_()
    assert names["table"].shape[0] == len(names["operators"])


def test_both_languages_show_the_same_code() -> None:
    assert blocks("sdk.md") == blocks("sdk.zh-CN.md")
    assert len(blocks("sdk.md")) >= 8
