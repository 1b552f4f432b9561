"""The golden files: for each version of each event, its bytes as they stand in logs for ever, and the schema of its data.

``python -m tests.contract.events.golden_files`` writes those that are missing; it never changes one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from core.events import codec
from core.events.catalogue import FACTS
from core.events.envelope import Fact, Origin
from core.events.ids import AccountId, CommandId, EventId
from tests.contract.events.examples import EXAMPLES

FOLDER = Path(__file__).parent / "golden"

ORIGIN = Origin(
    command_id=CommandId(UUID("01890a5d-ac96-774b-bcce-b302099a0b01")),
    owner=AccountId(UUID("01890a5d-ac96-774b-bcce-b302099a0b02")),
    actor=UUID("01890a5d-ac96-774b-bcce-b302099a0b03"),
    correlation_id=UUID("01890a5d-ac96-774b-bcce-b302099a0b04"),
    causation_id=EventId(UUID("01890a5d-ac96-774b-bcce-b302099a0b05")),
)


def written_today() -> dict[str, type[Fact]]:
    """The class of each event that this program writes, by ``<aggregate>.<type>.v<version>``."""
    return {
        f"{aggregate}.{fact.model_fields['type'].default}.v{fact.version}": fact
        for aggregate, facts in FACTS.items()
        for fact in facts.values()
    }


def body_file(name: str) -> Path:
    return FOLDER / f"{name}.json"


def schema_file(name: str) -> Path:
    return FOLDER / f"{name}.schema.json"


def schema_of(fact: type[Fact]) -> Any:
    """The JSON schema of what is written, without its words: a better docstring is no new version."""
    return _without_words(fact.model_json_schema(mode="serialization"))


def _without_words(schema: Any) -> Any:
    match schema:
        case dict():
            return {
                key: _without_words(value)
                for key, value in schema.items()
                if key not in {"title", "description"} or not isinstance(value, str)
            }
        case list():
            return [_without_words(value) for value in schema]
        case _:
            return schema


def write_missing() -> list[str]:
    """Write the files that are not there; gives their names."""
    written: list[str] = []
    for name, fact in written_today().items():
        body = json.dumps(json.loads(codec.encode(EXAMPLES[name], ORIGIN)), indent=1)
        schema = json.dumps(schema_of(fact), indent=1, sort_keys=True)
        for file, text in ((body_file(name), body), (schema_file(name), schema)):
            if not file.exists():
                file.write_text(text + "\n", encoding="utf-8")
                written.append(file.name)
    return written


if __name__ == "__main__":
    for file_name in write_missing():
        print(file_name)  # noqa: T201 - for the person who runs it
