"""``/enrolments`` and ``POST /runners``: how a device becomes a runner."""

from datetime import datetime
from enum import StrEnum
from importlib.metadata import version
from typing import Annotated, Literal
from uuid import UUID, uuid5

from fastapi import Path, Response, status
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.access import RunnerCaller
from api.accounts.names import KeyName
from api.commands import SEQUENCE_HEADER, IdempotencyKey, command_id, now, tell_sequence
from api.errors.documents import documented, public
from api.errors.problem import RefusedError
from api.fleet import enrolments, labels, names
from api.fleet.enrolments import Enrolment
from api.fleet.resources import Labels
from api.parts import Parts, PartsOf
from api.routing import router_at
from core.domain.runner import RUNNER, Command, Enroll, Label
from core.domain.told import Told
from core.events.envelope import Origin
from core.events.ids import CommandId, Platform, RunnerId
from core.events.runner import Pool
from core.events.subjects import runner_key
from core.nats.callout import is_user_key
from core.nats.execute import execute

router = router_at(tag="runners")

_DAY_S = 86_400


def _user_key(text: str) -> str:
    if not is_user_key(text):
        raise ValueError("this is not the public nkey of a user (56 characters that begin with U)")
    return text


PublicKey = Annotated[str, Field(max_length=56), AfterValidator(_user_key)]


class NewEnrolment(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"pool": "private"}]})

    pool: Pool = Pool.PRIVATE
    """Public runners run everybody's tasks: only administrators let them in."""
    expires_in_s: Annotated[int, Field(ge=60, le=_DAY_S)] = 3600


class EnrolmentResource(BaseModel):
    """``beginning``: of the token, to tell one from another."""

    id: UUID
    beginning: str
    owner: UUID
    pool: Pool
    created_at: datetime
    expires_at: datetime


class MadeEnrolment(EnrolmentResource):
    """``token`` is shown this once; ``command`` is what to type on the device."""

    token: str
    command: str


class EnrolmentList(BaseModel):
    items: list[EnrolmentResource]


class NewRunner(BaseModel):
    """What a device says when it registers. It keeps the secret half of its key to itself."""

    model_config = ConfigDict(extra="forbid")

    token: str
    public_key: PublicKey
    name: KeyName
    platform: Literal["x86", "cuda", "arm"]
    labels: Labels = []
    private: bool = False
    """Be private, also where the token allows a public runner."""


class Registration(BaseModel):
    """``nats_url``: where the runner finds the broker."""

    id: UUID
    name: str
    platform: Platform
    pool: Pool
    nats_url: str


class KeyState(StrEnum):
    ENROLLED = "enrolled"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class KeyStatus(BaseModel):
    """What became of a runner's key: the broker refuses revoked and unknown ones with the same words."""

    state: KeyState
    runner: UUID | None = None
    storage_url: str | None = None
    """Where a runner that is let in fetches and puts files, so that it can see whether it gets there."""
    software: str | None = None
    """Version of this server, for runners that are let in."""


@router.post(
    "/enrolments",
    status_code=status.HTTP_201_CREATED,
    responses=documented("scope_missing", "admin_only", "enrolment_closed", "idempotency_key_reused"),
)
async def make_enrolment(
    new: NewEnrolment, caller: RunnerCaller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> MadeEnrolment:
    """Make a token that lets one device in, once.

    After an answer that got lost, ask again with the same ``Idempotency-Key``: it is the same token, with another secret.
    """
    if new.pool is Pool.PUBLIC and not caller.is_admin:
        raise RefusedError("admin_only", "Only administrators let public runners in.")
    if not (parts.settings.api_user_runners or caller.is_admin):
        raise RefusedError("enrolment_closed", "Only administrators let runners in here.")
    command = None if key is None else command_id(caller, "POST /enrolments", key)
    made, secret = await enrolments.insert(parts.pool, caller.account, new.pool, new.expires_in_s, command)
    response.headers["Cache-Control"] = "no-store"
    line = f"mgeprof runner register --url {parts.settings.api_url} --token {secret.text} --name NAME"
    return MadeEnrolment(**_resource(made).model_dump(), token=secret.text, command=line)


@router.get("/enrolments", responses=documented("scope_missing"))
async def list_enrolments(caller: RunnerCaller, parts: PartsOf) -> EnrolmentList:
    """Tokens that still let somebody in: yours, as an administrator everybody's."""
    found = await enrolments.open_ones(parts.pool, None if caller.is_admin else caller.account)
    return EnrolmentList(items=[_resource(one) for one in found])


@router.delete(
    "/enrolments/{enrolment_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented("scope_missing", "enrolment_unknown"),
)
async def revoke_enrolment(enrolment_id: UUID, caller: RunnerCaller, parts: PartsOf) -> None:
    """Void a token that was not used."""
    if not await enrolments.revoke(parts.pool, enrolment_id, None if caller.is_admin else caller.account):
        raise RefusedError(
            "enrolment_unknown", Told("There is no enrolment {enrolment_id}.", enrolment_id=enrolment_id)
        )


@router.post(
    "/runners",
    openapi_extra={"security": []},
    status_code=status.HTTP_201_CREATED,
    responses={
        201: {"headers": SEQUENCE_HEADER, "description": "The runner; the broker lets it in from now on."},
        **public("invalid_request", "enrolment_refused", "broker_unavailable"),
    },
)
async def register_runner(new: NewRunner, parts: PartsOf, response: Response) -> Registration:
    """Become a runner by a token. No account is needed. The same token and key again give the same answer."""
    enrolment = await enrolments.use(parts.pool, new.token, new.public_key)
    if enrolment is None or enrolment.runner_id is None:
        raise RefusedError("enrolment_refused", "The token was used, revoked, or has expired.")
    runner, platform = enrolment.runner_id, Platform(new.platform)
    pool = Pool.PRIVATE if new.private else enrolment.pool
    # The log first: a key that gets in without it would belong to a runner that nobody owns.
    sequence = await _tell(parts, enrolment, platform, Enroll(pool, enrolment.owner))
    if new.labels:
        made = await labels.made(parts.pool, new.labels)
        sequence = await _tell(parts, enrolment, platform, Label(made))
    await names.rename(parts.pool, runner, new.name)
    await enrolments.add_key(parts.pool, new.public_key, runner, platform)
    tell_sequence(response, sequence)
    return Registration(id=runner, name=new.name, platform=platform, pool=pool, nats_url=parts.settings.runner_nats_url)


@router.get("/runner-keys/{public_key}", openapi_extra={"security": []}, responses=public("invalid_request"))
async def get_key_status(public_key: Annotated[PublicKey, Path()], parts: PartsOf) -> KeyStatus:
    """Whether the broker lets this key in. No account is needed: a public key is no secret, and says nothing of others."""
    found = await enrolments.key(parts.pool, public_key)
    if found is None:
        return KeyStatus(state=KeyState.UNKNOWN)
    if found.revoked_at:
        return KeyStatus(state=KeyState.REVOKED, runner=found.runner_id)
    return KeyStatus(
        state=KeyState.ENROLLED,
        runner=found.runner_id,
        storage_url=parts.store.runner_address,
        software=version("mgeprof"),
    )


async def _tell(parts: Parts, enrolment: Enrolment, platform: Platform, command: Command) -> int:
    runner = RunnerId(enrolment.runner_id or enrolment.id)
    origin = Origin(
        command_id=CommandId(uuid5(enrolment.id, type(command).__name__)),
        owner=enrolment.owner,
        actor=enrolment.owner,
        correlation_id=enrolment.id,
    )
    outcome = await execute(parts.log, RUNNER, runner_key(platform, runner), command, origin, now)
    return outcome.known.sequence


def _resource(row: Enrolment) -> EnrolmentResource:
    return EnrolmentResource(
        id=row.id,
        beginning=row.beginning,
        owner=row.owner,
        pool=row.pool,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
