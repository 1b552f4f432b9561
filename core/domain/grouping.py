"""Which project a thing is in and which tags it has: a part of the life of tasks and models."""

from dataclasses import dataclass
from typing import Final, assert_never

from core.changed import changed
from core.domain.decider import RejectedError
from core.domain.told import Told
from core.events.grouping import MOST_TAGS, Filed, Tagged
from core.events.ids import ProjectId, TagId

GroupingEvent = Filed | Tagged


@dataclass(frozen=True)
class Grouping:
    project: ProjectId | None = None
    tags: frozenset[TagId] = frozenset()


UNGROUPED: Final = Grouping()


@dataclass(frozen=True)
class File:
    """Into a project, or out of the one that it is in. That the project takes it in is the caller's to know."""

    project: ProjectId | None


@dataclass(frozen=True)
class ChangeTags:
    """What is in both is added."""

    add: frozenset[TagId] = frozenset()
    remove: frozenset[TagId] = frozenset()


GroupingCommand = File | ChangeTags


def decide(grouping: Grouping, command: GroupingCommand) -> GroupingEvent | None:
    """None for what is so already. Raises RejectedError with ``too_many_tags``."""
    match command:
        case File():
            return None if grouping.project == command.project else Filed(project=command.project)
        case ChangeTags():
            tags = (grouping.tags - command.remove) | command.add
            if len(tags) > MOST_TAGS:
                raise RejectedError(
                    "too_many_tags",
                    Told(
                        "This would make {count} tags; there is room for {most_tags}.",
                        count=len(tags),
                        most_tags=MOST_TAGS,
                    ),
                )
            return None if tags == grouping.tags else Tagged(tags=tuple(sorted(tags)))
        case _ as unreachable:
            assert_never(unreachable)


def evolve(grouping: Grouping, fact: GroupingEvent) -> Grouping:
    match fact:
        case Filed():
            return changed(grouping, project=fact.project)
        case Tagged():
            return changed(grouping, tags=frozenset(fact.tags))
        case _ as unreachable:
            assert_never(unreachable)
