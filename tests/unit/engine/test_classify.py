import signal

import pytest

from core.events.failure import FailureKind
from runner.engine.classify import Ending, StopReason, classify, cut_backtrace

BACKTRACE = (
    "\n\nbacktrace:\n/opt/engines/1.13.0/lib/libmegengine_shared.so(_ZN3mgb13MegBrainErrorC1ERKSs+0x4a) [0x7f38]"
)


def ending(
    exit_code: int = 1,
    phase: str = "loading",
    started: bool = True,
    stopped: StopReason | None = None,
    text: str | None = None,
    log: str = "",
) -> Ending:
    return Ending(exit_code, phase, started, stopped, text, log)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("assertion `m_offset + size <= m_size' failed at file.cpp:113", "cut short"),
        ("model verification failed (invalid or corrupted model?)", "damaged"),
        ("access invalid Maybe value", "not a dumped MegEngine graph"),
        ("assertion `ptr && size' failed at file.cpp:102", "empty"),
        ("unknown operator type", "unknown operator type"),
    ],
)
def test_what_the_engine_says_of_a_bad_model_is_said_plainly(text: str, told: str) -> None:
    verdict = classify(ending(text=f"RuntimeError: {text}{BACKTRACE}"))
    assert verdict.kind is FailureKind.BAD_MODEL
    assert told in verdict.message
    assert "/opt" not in verdict.message


def test_the_same_words_while_running_are_not_about_the_file() -> None:
    verdict = classify(ending(phase="timing", text=f"RuntimeError: access invalid Maybe value{BACKTRACE}"))
    assert verdict.kind is FailureKind.BAD_MODEL
    assert verdict.message == "The engine could not run the model: RuntimeError: access invalid Maybe value"


@pytest.mark.parametrize(
    "words",
    [
        "RuntimeError: extra message: failed to malloc 160000000000bytes with align 64",
        "MemoryError: std::bad_alloc",
        "MemoryError: Unable to allocate 9.00 GiB for an array",
        "terminate called after throwing an instance of 'std::system_error'\n  what():  Resource temporarily unavailable",
    ],
)
@pytest.mark.parametrize("phase", ["loading", "timing"])
def test_every_way_to_run_out_of_memory(words: str, phase: str) -> None:
    assert classify(ending(phase=phase, text=words)).kind is FailureKind.OUT_OF_MEMORY
    assert classify(ending(134, phase, log=words)).kind is FailureKind.OUT_OF_MEMORY


@pytest.mark.parametrize(
    ("number", "name"),
    [(signal.SIGFPE, "SIGFPE"), (signal.SIGSEGV, "SIGSEGV"), (signal.SIGILL, "SIGILL"), (signal.SIGABRT, "SIGABRT")],
)
def test_a_signal_is_a_crash_and_named(number: signal.Signals, name: str) -> None:
    verdict = classify(ending(128 + number, "warming_up"))
    assert verdict.kind is FailureKind.ENGINE_CRASH
    assert verdict.message == f"The engine crashed with {name} while warming up."


def test_our_own_kills_are_told_from_those_of_others() -> None:
    killed = 128 + signal.SIGKILL
    assert classify(ending(killed, "timing", stopped=StopReason.WALL)).kind is FailureKind.TIME_LIMIT
    assert classify(ending(killed, "timing", stopped=StopReason.LOG)).kind is FailureKind.OUTPUT_LIMIT
    assert classify(ending(killed, "timing", stopped=StopReason.PROTOCOL)).kind is FailureKind.INTERNAL
    memory = classify(ending(killed, "timing", stopped=StopReason.MEMORY))
    assert (memory.kind, "more memory than this runner gives" in memory.message) == (FailureKind.OUT_OF_MEMORY, True)
    others = classify(ending(killed, "timing"))
    assert others.kind is FailureKind.ENGINE_CRASH
    assert "from outside" in others.message


def test_our_own_kill_counts_more_than_what_the_engine_said_before() -> None:
    verdict = classify(ending(137, stopped=StopReason.WALL, text="MemoryError: std::bad_alloc"))
    assert verdict.kind is FailureKind.TIME_LIMIT


def test_a_file_over_the_limit() -> None:
    verdict = classify(ending(phase="profiling", text="OSError: [Errno 27] File too large"))
    assert verdict.kind is FailureKind.OUTPUT_LIMIT


def test_an_end_before_the_engine_was_up_is_not_the_users_fault() -> None:
    verdict = classify(ending(1, started=False, log="ModuleNotFoundError: No module named 'megengine'"))
    assert verdict.kind is FailureKind.INTERNAL
    assert "No module named 'megengine'" in verdict.message


def test_what_an_engine_says_at_every_start_is_not_said_of_a_failure() -> None:
    log = "info: ++++++\ninfo: + Failed to load CUDA driver library, MegEngine works under CPU mode now. +\ninfo: ++++++\n"
    verdict = classify(ending(127, started=False, log=f"{log}libmegengine.so: cannot open\n{log}"))
    assert verdict.message.endswith("before MegEngine was up. libmegengine.so: cannot open")


@pytest.mark.parametrize(("exit_code", "words"), [(0, "without a result"), (3, "exit code 3"), (255, "exit code 255")])
def test_an_end_without_a_word_is_a_crash(exit_code: int, words: str) -> None:
    verdict = classify(ending(exit_code, "timing"))
    assert verdict.kind is FailureKind.ENGINE_CRASH
    assert words in verdict.message


def test_messages_are_bounded_and_free_of_backtraces() -> None:
    assert cut_backtrace("wrong" + BACKTRACE) == "wrong"
    assert len(cut_backtrace("x" * 10_000)) == 2_000
