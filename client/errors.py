"""What can go wrong between a caller and the server, split by whose move it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class ClientError(Exception):
    """Base of everything that the client raises on purpose. Its text is for people."""


class NoServerKnownError(ClientError):
    """Nobody said where the server is."""


class NoAnswerError(ClientError):
    """The server did not answer, also not after a while of trying."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"No server answers at {url} ({reason}). Start one with `mgeprof up`, or say where it is with --url or MGEPROF_URL."
        )
        self.url = url


class FileChangedError(ClientError):
    """A file changed while it was being uploaded."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} changed while it was being uploaded. Upload it again when nothing writes to it.")


@dataclass(frozen=True)
class Problem:
    """An RFC 9457 problem document. ``errors`` names the fields that were wrong, ``allowed`` what would do."""

    code: str
    title: str
    status: int
    detail: str = ""
    hint: str = ""
    request_id: str = ""
    errors: Sequence[Mapping[str, Any]] = ()
    allowed: Sequence[str] = ()


class ProblemError(ClientError):
    """The server said no. Is one of two kinds: `CallerProblemError` or `ServerProblemError`."""

    def __init__(self, problem: Problem, *, retry_after_s: float | None = None) -> None:
        super().__init__(problem.detail or problem.title)
        self.problem = problem
        self.retry_after_s = retry_after_s

    @property
    def code(self) -> str:
        return self.problem.code

    @property
    def title(self) -> str:
        return self.problem.title

    @property
    def detail(self) -> str:
        return self.problem.detail

    @property
    def hint(self) -> str:
        return self.problem.hint

    @property
    def status(self) -> int:
        return self.problem.status

    @property
    def request_id(self) -> str:
        return self.problem.request_id


class CallerProblemError(ProblemError):
    """The request was refused: asking for something else helps, asking again does not."""


class ServerProblemError(ProblemError):
    """The server could not do it: the caller cannot change that, but asking again later may help."""


class NoOutputsError(ClientError):
    """A run was not told to keep its outputs."""

    def __init__(self, task_id: str) -> None:
        super().__init__(f"Task {task_id} kept no outputs. Run it with --output-dumps, or --output-rms.")


class UnknownDeviceError(ClientError):
    """No device is called so, or several are."""

    def __init__(self, name: str, ids: list[str]) -> None:
        several = f"Several devices are called {name}; use an id: {', '.join(ids)}"
        super().__init__(several if ids else f"There is no device {name}. `mgeprof devices` lists them.")


class UnknownAccountError(ClientError):
    """No account is called so."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no account {name}. `mgeprof admin users ls` lists them.")


class NoEngineError(ClientError):
    """Nothing offers an engine there."""

    def __init__(self, platform: str) -> None:
        super().__init__(f"No device offers an engine for {platform}. `mgeprof devices` lists what there is.")


class RunFailedError(ClientError):
    """A run has no result. Is one of two kinds once it has ended: `CallersRunError` or `ServersRunError`."""


class CallersRunError(RunFailedError):
    """Another model, another input or other options would help."""


class ServersRunError(RunFailedError):
    """The people who run the server have to look at it."""
