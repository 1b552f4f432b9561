"""From how an engine process ended to one of the failure kinds, with a message for people. Pure."""

import re
import signal
from dataclasses import dataclass
from enum import StrEnum

from core.events.failure import FailureKind
from core.profile.header import HOW_TO_DUMP
from runner.engine.noise import without_noise

MESSAGE_CHARS = 2_000


class StopReason(StrEnum):
    """Why we killed it ourselves. Exit code 137 alone would not tell whose kill it was."""

    WALL = "wall"
    LOG = "log"
    MEMORY = "memory"
    PROTOCOL = "protocol"


@dataclass(frozen=True, slots=True)
class Ending:
    """How an engine process ended. ``exit_code`` is 128 + signal for a killed process; ``engine_text`` is what the worker passed on of an exception of the engine."""

    exit_code: int
    phase: str
    engine_started: bool
    stopped: StopReason | None = None
    engine_text: str | None = None
    log_tail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    kind: FailureKind
    message: str


OUT_OF_MEMORY = re.compile(
    r"failed to malloc \d+ ?bytes|std::bad_alloc|MemoryError|Unable to allocate|std::system_error.*Resource temporarily unavailable|Cannot allocate memory|out of memory",
    re.IGNORECASE | re.DOTALL,
)
TOO_LARGE = re.compile(r"\[Errno 27\]|File too large")

BAD_MODEL = {
    "m_offset + size <= m_size": "The model file is cut short. Copy or dump it again.",
    "model verification failed": "The model file is damaged: its structure does not verify. Copy or dump it again.",
    "access invalid Maybe value": f"The file is not a dumped MegEngine graph. {HOW_TO_DUMP}",
    "ptr && size": f"The model file is empty. {HOW_TO_DUMP}",
}

NO_CODE = "can't protect"
WRITES_CODE = (
    "The engine wanted to write machine code as it went, which the sandbox lets it do only for tasks that ask for the layout nchw88. "
    "Run it again with options.nchw88."
)

_DOING = {
    "starting": "starting",
    "loading": "loading the model",
    "warming_up": "warming up",
    "timing": "timing",
    "profiling": "profiling",
}


def cut_backtrace(text: str) -> str:
    """The engine's message without its backtrace, which holds paths of the machine that ran it."""
    return text.split("backtrace:", 1)[0].strip()[:MESSAGE_CHARS]


def classify(ending: Ending) -> Verdict:
    """The kind of a failure and its message. Call it only for a process that gave no result."""
    doing = _DOING.get(ending.phase, ending.phase)
    if ending.stopped is not None:
        return _stopped(ending.stopped, doing)
    if ending.engine_text is not None:
        return _raised(cut_backtrace(ending.engine_text), ending.phase, doing)
    if not ending.engine_started:
        last_words = cut_backtrace("\n".join(without_noise(ending.log_tail.splitlines()))[-500:])
        return Verdict(
            FailureKind.INTERNAL,
            f"The engine's process ended with exit code {ending.exit_code} before MegEngine was up. {last_words}".strip(),
        )
    if OUT_OF_MEMORY.search(ending.log_tail):
        return Verdict(FailureKind.OUT_OF_MEMORY, f"The engine ran out of memory while {doing}.")
    return Verdict(FailureKind.ENGINE_CRASH, _died(ending.exit_code, doing))


def _stopped(reason: StopReason, doing: str) -> Verdict:
    match reason:
        case StopReason.WALL:
            return Verdict(FailureKind.TIME_LIMIT, f"The run was stopped at its time limit, while {doing}.")
        case StopReason.LOG:
            return Verdict(
                FailureKind.OUTPUT_LIMIT, f"The run was stopped because its log grew over the limit, while {doing}."
            )
        case StopReason.MEMORY:
            return Verdict(
                FailureKind.OUT_OF_MEMORY,
                f"The run was stopped because it took more memory than this runner gives to one, while {doing}.",
            )
        case StopReason.PROTOCOL:
            return Verdict(
                FailureKind.INTERNAL,
                f"The run was stopped because its process spoke nonsense to the runner, while {doing}.",
            )


def _raised(text: str, phase: str, doing: str) -> Verdict:
    if OUT_OF_MEMORY.search(text):
        return Verdict(FailureKind.OUT_OF_MEMORY, f"The engine ran out of memory while {doing}: {text}")
    if TOO_LARGE.search(text):
        return Verdict(FailureKind.OUTPUT_LIMIT, f"A file that the run wrote grew over the limit, while {doing}.")
    if NO_CODE in text:
        return Verdict(FailureKind.UNSUPPORTED, WRITES_CODE)
    if phase == "loading":
        for sign, message in BAD_MODEL.items():
            if sign in text:
                return Verdict(FailureKind.BAD_MODEL, message)
        return Verdict(FailureKind.BAD_MODEL, f"The engine could not load the model: {text}")
    # The inputs fit what the model declares (the worker checked), so what does not fit is inside the graph.
    return Verdict(FailureKind.BAD_MODEL, f"The engine could not run the model: {text}")


def _died(exit_code: int, doing: str) -> str:
    if exit_code == 0:
        return f"The engine's process ended by itself while {doing}, without a result."
    if exit_code == 128 + signal.SIGKILL:
        return f"The engine's process was killed from outside (SIGKILL) while {doing}; the machine may have run out of memory."
    try:
        name = signal.Signals(exit_code - 128).name
    except ValueError:
        return f"The engine's process ended with exit code {exit_code} while {doing}."
    return f"The engine crashed with {name} while {doing}."
