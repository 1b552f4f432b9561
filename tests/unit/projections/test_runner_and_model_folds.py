"""Given events, what the board and the catalogue say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.events import model, ownership, runner
from core.events.envelope import Fact
from core.events.ids import Aggregate, Platform
from core.events.subjects import AggregateKey
from projections.model_catalogue.fold import MODEL_CATALOGUE, CataloguedModel
from projections.read_model import UnappliableEventError
from projections.runner_board.fold import RUNNER_BOARD, BoardRow
from tests.unit.projections.facts import BEGIN, DIGEST, MODELS, OWNERS, RUNNERS, TASKS, described, recorded

RUNNER = AggregateKey(Aggregate.RUNNER, Platform.ARM, RUNNERS[0])
MODEL = AggregateKey(Aggregate.MODEL, Platform.ANY, MODELS[0])
ENROLLED = runner.Enrolled(pool=runner.Pool.PUBLIC)
LEFT = runner.Left(reason=runner.LeaveReason.SILENT)


def board(*facts: Fact) -> BoardRow:
    return RUNNER_BOARD.fold({}, [recorded(n, RUNNER, fact) for n, fact in enumerate(facts, 1)])[RUNNERS[0]]


def entry(*facts: Fact) -> CataloguedModel:
    return MODEL_CATALOGUE.fold({}, [recorded(n, MODEL, fact) for n, fact in enumerate(facts, 1)])[MODELS[0]]


def test_an_enrolled_runner_is_not_there_yet() -> None:
    row = board(ENROLLED)
    assert (row.platform, row.pool, row.present, row.description) == (Platform.ARM, runner.Pool.PUBLIC, False, None)
    assert (row.enrolled_at, row.appeared_at, row.left_at) == (BEGIN + timedelta(seconds=1), None, None)


def test_coming_and_going_keeps_the_times() -> None:
    row = board(ENROLLED, described("1.13.0", 2), runner.Appeared(), LEFT, runner.Appeared(), runner.Drained())
    assert (row.present, row.drained, row.description) == (True, True, described("1.13.0", 2))
    assert (row.appeared_at, row.left_at) == (BEGIN + timedelta(seconds=5), BEGIN + timedelta(seconds=4))


def test_a_revoked_runner_is_gone() -> None:
    row = board(ENROLLED, runner.Appeared(), runner.Revoked())
    assert (row.present, row.revoked, row.left_at) == (False, True, BEGIN + timedelta(seconds=3))


def test_grants_come_and_go() -> None:
    given, taken = runner.Granted(account=OWNERS[1]), runner.GrantRevoked(account=OWNERS[1])
    assert board(ENROLLED, runner.Disabled(), given).grants == (OWNERS[1],)
    assert board(ENROLLED, given, taken).grants == ()


def test_a_runner_that_was_never_enrolled_is_refused() -> None:
    with pytest.raises(UnappliableEventError, match="was never enrolled"):
        board(runner.Appeared())


def test_a_model_keeps_its_newest_inspection_until_it_is_deleted() -> None:
    uploaded = model.Uploaded(sha256=DIGEST, size=5)
    seen = [
        model.Inspected(task_id=TASKS[0], engine="1.13.0", operators=n, parameters=1, computation=2.0) for n in (1, 2)
    ]
    row = entry(uploaded, *seen, ownership.Deleted())
    assert (row.sha256, row.size, row.inspected) == (DIGEST, 5, seen[1])
    assert (row.uploaded_at, row.deleted_at) == (BEGIN + timedelta(seconds=1), BEGIN + timedelta(seconds=4))


def test_a_model_that_was_never_uploaded_is_refused() -> None:
    with pytest.raises(UnappliableEventError, match="was never uploaded"):
        entry(ownership.Deleted())
