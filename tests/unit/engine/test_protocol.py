import pytest
from pydantic import ValidationError

from core.events.failure import FailureKind
from runner.engine.protocol import EngineStarted, Failed, Measured, PhaseEntered, parse_line

RESULT = (
    b'{"type": "result", "load_s": 0.1, "compile_s": 0.1, "first_run_s": 0.1, "latencies": [0.1],'
    b' "profiled_latencies": [], "peak_memory": 7}'
)


def test_what_a_worker_writes_is_read() -> None:
    assert parse_line(b'{"type": "engine", "build": "1.13.0+x"}') == EngineStarted(type="engine", build="1.13.0+x")
    assert parse_line(b'{"type": "phase", "phase": "timing", "at": 7}') == PhaseEntered(
        type="phase", phase="timing", at=7
    )
    assert parse_line(b'{"type": "failure", "kind": "bad_input", "message": "no"}') == Failed(
        type="failure", kind=FailureKind.BAD_INPUT, message="no"
    )
    measured = parse_line(RESULT)
    assert isinstance(measured, Measured)
    assert measured.latencies == (0.1,)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"{}",
        b'{"type": "phase", "phase": "uploading", "at": 7}',
        b'{"type": "phase", "phase": "timing"}',
        b'{"type": "failure", "kind": "made_up", "message": ""}',
        b'{"type": "engine", "build": "x", "more": 1}',
        RESULT.replace(b"[0.1]", b"[]"),
        RESULT.replace(b"[0.1]", b"[-1]"),
        RESULT.replace(b"[0.1]", b"[NaN]"),
        RESULT.replace(b'"peak_memory": 7', b'"peak_memory": -7'),
    ],
)
def test_anything_else_is_refused(line: bytes) -> None:
    with pytest.raises(ValidationError):
        parse_line(line)
