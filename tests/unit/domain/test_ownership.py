from datetime import UTC, datetime
from uuid import UUID

import pytest

from core.domain.ownership import DATASET, ChangeVisibility, Delete, DeleteFiles, RevokeShare, Share
from core.domain.task import TASK, Cancel, Finish
from core.events import ownership, task
from core.events.ownership import LinkId, Visibility
from tests.unit.domain.spec import given
from tests.unit.domain.task_facts import RUNNER, SUBMITTED, completed, running_after_losses

RUNNING = running_after_losses(0)
ENDED = (*RUNNING, completed())
LINK, OTHER_LINK = LinkId(UUID(int=1)), LinkId(UUID(int=2))
UNTIL = datetime(2027, 1, 1, tzinfo=UTC)
SHARED = ownership.Shared(link=LINK, expires_at=UNTIL)
TEAM = ownership.VisibilityChanged(visibility=Visibility.TEAM)


@pytest.mark.parametrize("before", [(SUBMITTED,), RUNNING, ENDED])
def test_who_sees_a_task_can_change_at_any_time(before: tuple[task.TaskEvent, ...]) -> None:
    given(TASK, *before).when(ChangeVisibility(Visibility.TEAM)).then(TEAM)
    given(TASK, *before, TEAM).when(ChangeVisibility(Visibility.TEAM)).then_nothing()
    given(TASK, *before).when(ChangeVisibility(Visibility.PRIVATE)).then_nothing()


@pytest.mark.parametrize("before", [(SUBMITTED,), RUNNING, ENDED])
def test_a_link_is_made_once_and_revoked_once(before: tuple[task.TaskEvent, ...]) -> None:
    given(TASK, *before).when(Share(LINK, UNTIL)).then(SHARED)
    given(TASK, *before, SHARED).when(Share(LINK, UNTIL)).then_nothing()
    given(TASK, *before, SHARED).when(RevokeShare(OTHER_LINK)).then_nothing()
    revoked = ownership.ShareRevoked(link=LINK)
    given(TASK, *before, SHARED).when(RevokeShare(LINK)).then(revoked)
    given(TASK, *before, SHARED, revoked).when(RevokeShare(LINK)).then_nothing()


def test_files_are_given_up_once_and_only_after_the_end() -> None:
    given(TASK, *RUNNING).when(DeleteFiles()).then_refused("task_not_ended")
    given(TASK, *ENDED).when(DeleteFiles()).then(ownership.FilesDeleted())
    given(TASK, *ENDED, ownership.FilesDeleted()).when(DeleteFiles()).then_nothing()


def test_a_deleted_task_is_gone_for_every_other_command() -> None:
    given(TASK, *RUNNING).when(Delete()).then_refused("task_not_ended")
    given(TASK, *ENDED).when(Delete()).then(ownership.Deleted())
    gone = given(TASK, *ENDED, SHARED, ownership.Deleted())
    gone.when(Delete()).then_nothing()
    for command in (Cancel(), Finish(RUNNER, completed()), ChangeVisibility(Visibility.TEAM), RevokeShare(LINK)):
        gone.when(command).then_refused("task_unknown")


def test_showing_a_task_does_not_touch_what_becomes_of_it() -> None:
    given(TASK, *RUNNING, TEAM, SHARED).when(Finish(RUNNER, completed())).then(completed())


def test_a_dataset_is_shown_and_given_up() -> None:
    given(DATASET).when(ChangeVisibility(Visibility.TEAM)).then(TEAM)
    given(DATASET, TEAM).when(ChangeVisibility(Visibility.PRIVATE)).then(
        ownership.VisibilityChanged(visibility=Visibility.PRIVATE)
    )
    given(DATASET).when(Delete()).then(ownership.Deleted())
    given(DATASET, ownership.Deleted()).when(Delete()).then_nothing()
    given(DATASET, ownership.Deleted()).when(ChangeVisibility(Visibility.TEAM)).then_refused("dataset_unknown")
