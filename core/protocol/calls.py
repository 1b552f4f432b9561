"""Calls of a runner on ``rpc.<runner>.<method>``, and the stop line. The broker vouches for the runner's id in the subject."""

from typing import Annotated

from pydantic import Field

from core.events.ids import Platform, RunnerId, Sha256
from core.events.runner import Described
from core.events.values import ArtifactName, Frozen
from core.protocol.orders import AttemptRef

HELLO, READY, BEAT, URLS, BYE, REMOVE = "hello", "ready", "beat", "urls", "bye", "remove"


class Hello(Frozen):
    """First words after every start of the runner."""

    platform: Platform
    description: Described


class Welcome(Frozen):
    """``refused``: why the runner may not work, else None."""

    refused: str | None = None


class Ready(Frozen):
    """``free`` slots; holds until used or until a missed beat."""

    free: int


class Beat(Frozen):
    """Sent every few seconds. ``reported``: attempts that are over here, whose reports are kept until they are settled. ``load``: one-minute load average; ``temperature``: degrees Celsius where readable."""

    free: int
    attempts: tuple[AttemptRef, ...]
    reported: tuple[AttemptRef, ...] = ()
    load: float
    temperature: float | None = None


class BeatAnswer(Frozen):
    """``stop``: attempts that are no longer wanted. ``settled``: of the reported ones, those for which the log waits no more. ``known`` is false when the runner should say hello again."""

    stop: tuple[AttemptRef, ...] = ()
    settled: tuple[AttemptRef, ...] = ()
    known: bool = True


class UrlsRequest(Frozen):
    """Asked before each transfer: ``put`` names the artifacts that are about to be uploaded."""

    ref: AttemptRef
    put: Annotated[tuple[ArtifactName, ...], Field(max_length=400)] = ()


class Urls(Frozen):
    """Short-lived presigned URLs. ``refused``: the attempt is not this runner's any more."""

    model: str = ""
    request: str = ""
    inputs: dict[Sha256, str] = {}
    put: dict[str, str] = {}
    refused: bool = False


class Bye(Frozen):
    """The runner leaves: nothing of its runs any more."""


class Remove(Frozen):
    """The runner wants to be none any more; the api answers. ``runner``: itself, so that no answer to somebody else's call that strays here can be taken for this."""

    runner: RunnerId


class Removed(Frozen):
    """Its registration and its keys are void, and its connections end. ``refused``: why not, else None."""

    refused: str | None = None


class Stop(Frozen):
    """A hint on ``ctl.<runner>.stop``; the answer to the next beat confirms it."""

    ref: AttemptRef
