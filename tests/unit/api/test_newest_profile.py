from __future__ import annotations

import pytest

from api.profile.documents import name_of, newest, raw_profiles
from core.events.values import Artifact
from tests.unit.projections.facts import DIGEST, completed, started, submitted
from tests.unit.projections.test_task_folds import LOST, QUEUED, REQUEUED, page


def left(*names: str) -> tuple[Artifact, ...]:
    return tuple(Artifact(name=name, sha256=DIGEST, size=1) for name in names)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["raw-1.json", "log.txt"], None),
        (["profile.json"], "profile.json"),
        (["profile-2.json", "profile.json", "profile-10.json"], "profile-10.json"),
        (["profile.json", "profile-03.json", "profile-x.json", "profile-.json"], "profile.json"),
    ],
)
def test_the_document_of_the_newest_analyser_is_shown(names: list[str], found: str | None) -> None:
    task = page(submitted(), QUEUED, started(1), completed(1, artifacts=left(*names)))
    kept = newest(task)
    assert (kept and kept.name) == found
    assert name_of(10) == "profile-10.json"


def test_raw_profiles_come_in_the_order_of_the_passes_and_of_one_attempt() -> None:
    names = [f"raw-{number}.json" for number in (10, *range(1, 10), 12)]
    task = page(submitted(), QUEUED, started(1), LOST, REQUEUED, started(2), completed(2, artifacts=left(*names)))
    assert [one.name for one in raw_profiles(task, 2)] == [f"raw-{number}.json" for number in range(1, 11)]
    assert list(raw_profiles(task, 1)) == []
