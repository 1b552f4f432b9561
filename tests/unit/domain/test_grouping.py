from uuid import UUID

from core.domain.grouping import ChangeTags, File
from core.domain.model import MODEL
from core.domain.task import TASK
from core.events import model, ownership
from core.events.grouping import MOST_TAGS, Filed, Tagged
from core.events.ids import ProjectId, TagId
from tests.unit.domain.spec import given
from tests.unit.projections.facts import submitted

PROJECT = ProjectId(UUID(int=1))
UPLOADED = model.Uploaded(sha256="a" * 64, size=10)


def tags(*numbers: int) -> frozenset[TagId]:
    return frozenset(TagId(UUID(int=number)) for number in numbers)


def tagged(*numbers: int) -> Tagged:
    return Tagged(tags=tuple(TagId(UUID(int=number)) for number in numbers))


def test_a_thing_goes_into_a_project_and_out_of_it() -> None:
    inside = Filed(project=PROJECT)
    given(MODEL, UPLOADED).when(File(PROJECT)).then(inside)
    given(MODEL, UPLOADED, inside).when(File(PROJECT)).then_nothing()
    given(MODEL, UPLOADED, inside).when(File(None)).then(Filed(project=None))
    given(MODEL, UPLOADED).when(File(None)).then_nothing()


def test_a_task_is_where_it_was_submitted_to() -> None:
    first = submitted(project=PROJECT, tags=tagged(2).tags)
    given(TASK, first).when(File(PROJECT)).then_nothing()
    given(TASK, first).when(ChangeTags(add=tags(1))).then(tagged(1, 2))
    given(TASK, first).when(ChangeTags(remove=tags(2))).then(tagged())


def test_tags_are_added_and_removed_whatever_the_order() -> None:
    given(MODEL, UPLOADED, tagged(1, 2)).when(ChangeTags(add=tags(3, 2), remove=tags(1, 7))).then(tagged(2, 3))
    given(MODEL, UPLOADED, tagged(1, 2)).when(ChangeTags(add=tags(1), remove=tags(7))).then_nothing()
    given(MODEL, UPLOADED, tagged(1)).when(ChangeTags(add=tags(1), remove=tags(1))).then_nothing()


def test_there_is_room_for_so_many_tags() -> None:
    full = tagged(*range(MOST_TAGS))
    given(MODEL, UPLOADED, full).when(ChangeTags(add=tags(99))).then_refused("too_many_tags")
    given(MODEL, UPLOADED, full).when(ChangeTags(tags(99), tags(0))).then(tagged(*range(1, MOST_TAGS), 99))


def test_what_is_deleted_is_grouped_no_more() -> None:
    given(MODEL, UPLOADED, ownership.Deleted()).when(File(PROJECT)).then_refused("model_unknown")
    given(TASK).when(ChangeTags(add=tags(1))).then_refused("task_unknown")
