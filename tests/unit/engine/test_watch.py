import pytest
from pydantic import ValidationError

from runner.engine.job import ENGINE_PHASES
from runner.engine.watch import OutOfTurn, Watch

BUILD = b'{"type": "engine", "build": "1.13.0+x"}'
FAILURE = b'{"type": "failure", "kind": null, "message": "x"}'


def entered(phase: str, at: float = 0.0) -> bytes:
    return f'{{"type": "phase", "phase": "{phase}", "at": {at}}}'.encode()


def test_phases_are_told_and_timed_as_they_come() -> None:
    told: list[str] = []
    watch = Watch(told.append)
    assert list(watch.phases()) == ["starting"]
    for phase in ENGINE_PHASES[1:]:
        watch.hear(entered(phase))
        assert watch.phase == phase
    assert told == list(watch.phases()) == list(ENGINE_PHASES)
    assert all(seconds >= 0 for seconds in watch.phases().values())


def test_a_worker_cannot_lie_itself_out_of_time() -> None:
    watch = Watch(lambda _: None)
    watch.hear(entered("loading", at=1e12))
    watch.hear(entered("warming_up", at=0.0))
    assert watch.phases()["loading"] == 0.0
    assert all(seconds >= 0 for seconds in watch.phases().values())


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ([], entered("timing")),
        ([entered("loading")], entered("loading")),
        ([entered(phase) for phase in ENGINE_PHASES[1:]], entered("profiling")),
        ([BUILD], BUILD),
        ([FAILURE], FAILURE),
    ],
)
def test_a_line_out_of_turn_is_refused(before: list[bytes], line: bytes) -> None:
    watch = Watch(lambda _: None)
    for one in before:
        watch.hear(one)
    with pytest.raises(OutOfTurn):
        watch.hear(line)


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValidationError):
        Watch(lambda _: None).hear(b"nonsense")
