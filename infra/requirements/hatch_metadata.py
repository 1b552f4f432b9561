"""Gives the distribution the requirements of the .in files, so that they are written down once: the SDK's by themselves, the server's and what sends traces as extras."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Requirements(MetadataHookInterface):
    def update(self, metadata: dict[str, Any]) -> None:
        metadata["dependencies"] = self._of("client.in")
        metadata["optional-dependencies"] = {
            "server": self._of("process.in", "traces.in", "server.in"),
            "traces": self._of("traces.in"),
        }

    def _of(self, *names: str) -> list[str]:
        folder = Path(self.root, "infra/requirements")
        lines = [line for name in names for line in (folder / name).read_text().splitlines()]
        return [line for line in lines if line and not line.startswith(("#", "-r"))]
