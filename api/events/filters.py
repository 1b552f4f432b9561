"""Which events somebody wants to hear of."""

from itertools import product
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core.events.catalogue import EVENT_NAMES
from core.events.envelope import Fact, Recorded
from core.events.ids import Aggregate, Platform

_MOST: Final = 50
_MOST_SUBJECTS: Final = 200
"""More filters than this cost the broker more than they spare us."""


def _known(name: str) -> str:
    if name not in EVENT_NAMES:
        raise ValueError("there is no such type of event")
    return name


AggregateName = Annotated[str, AfterValidator(Aggregate), Field(json_schema_extra={"enum": list[object](Aggregate)})]
EventName = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list[object](EVENT_NAMES)})]


class EventFilter(BaseModel):
    """An event passes that fits one of each; an empty list lets all through."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    aggregate: Annotated[list[AggregateName], Field(max_length=_MOST)] = []
    platform: Annotated[list[Platform], Field(max_length=_MOST)] = []
    type: Annotated[list[EventName], Field(max_length=len(EVENT_NAMES), description="Such as `task.completed`.")] = []
    actor: Annotated[list[UUID], Field(max_length=_MOST, description="Who did it.")] = []
    thing: Annotated[
        list[UUID], Field(max_length=_MOST, description="What it happened to: ids of tasks and so on.")
    ] = []

    def passes(self, event: Recorded[Fact]) -> bool:
        key = event.key
        return (
            (not self.aggregate or key.aggregate in self.aggregate)
            and (not self.platform or key.platform in self.platform)
            and (not self.type or event.name in self.type)
            and (not self.actor or event.actor in self.actor)
            and (not self.thing or key.id in self.thing)
        )

    def subjects(self) -> list[str]:
        """Subjects in the log that hold all that can pass, so that the broker sorts out the rest; empty: any may."""
        kinds = [name.split(".") for name in self.type if not self.aggregate or name.split(".")[0] in self.aggregate]
        if self.type and not kinds:
            return ["none.none.none.none"]
        heads = kinds or [[aggregate, "*"] for aggregate in self.aggregate or ["*"]]
        tails = list(product(map(str, self.platform or "*"), map(str, self.thing or "*")))
        found = [f"{aggregate}.{platform}.{id_}.{type_}" for aggregate, type_ in heads for platform, id_ in tails]
        return [] if len(found) > _MOST_SUBJECTS or found == ["*.*.*.*"] else sorted(set(found))
