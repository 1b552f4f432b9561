from core.domain.ownership import ChangeVisibility, Delete
from core.domain.project import PROJECT, Archive, Create
from core.events import ownership, project
from core.events.ownership import Visibility
from tests.unit.domain.spec import given

MADE = project.Created()
GONE = ownership.Deleted()


def test_a_project_is_made_once() -> None:
    given(PROJECT).when(Create()).then(MADE)
    given(PROJECT, MADE).when(Create()).then_refused("project_exists")


def test_a_project_is_archived_and_restored() -> None:
    given(PROJECT, MADE).when(Archive()).then(project.Archived())
    given(PROJECT, MADE, project.Archived()).when(Archive()).then_nothing()
    given(PROJECT, MADE, project.Archived()).when(Archive(archived=False)).then(project.Restored())
    given(PROJECT, MADE).when(Archive(archived=False)).then_nothing()


def test_what_is_deleted_stays_so() -> None:
    given(PROJECT).when(Delete()).then_refused("project_unknown")
    given(PROJECT, MADE).when(Delete()).then(GONE)
    given(PROJECT, MADE, GONE).when(Delete()).then_nothing()
    for command in (Create(), Archive(), ChangeVisibility(Visibility.TEAM)):
        given(PROJECT, MADE, GONE).when(command).then_refused("project_unknown")
