"""What the api is told from outside."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from pydantic import Field, SecretStr

from api.accounts.settings import AccountSettings, AdminSettings, SmtpSettings
from api.fleet.door import CalloutSettings
from api.quotas.settings import QuotaSettings
from api.webhooks.settings import WebhookSettings
from core.configuration import ControlPlane
from core.events.ids import Sha256

MIB = 2**20


class ApiSettings(ControlPlane):
    """Read from ``MGEPROF_…``. Sizes in bytes, times in seconds."""

    nats_run_seed: SecretStr
    """The nkey seed of a user in the broker's account RUN, where runners are spoken to."""
    api_host: str = "127.0.0.1"
    """Address on which the HTTP service listens."""
    api_port: int = 8000
    """Port of the HTTP service."""
    api_url: str = "http://127.0.0.1:8000"
    """Where people reach the api: the beginning of every link in its answers."""
    api_token_sha256: Sha256 | None = None
    """Digest of the local account's token, where there is such an account: on the embedded stack."""
    accounts: AccountSettings = Field(default_factory=AccountSettings)
    admin: AdminSettings = Field(default_factory=AdminSettings)
    quota: QuotaSettings = Field(default_factory=QuotaSettings)
    smtp: SmtpSettings = Field(default_factory=SmtpSettings)
    webhooks: WebhookSettings = Field(default_factory=WebhookSettings)

    callout: CalloutSettings = Field(default_factory=CalloutSettings)
    api_user_runners: bool = True
    """Whether everybody may enrol private runners, or administrators only."""
    api_runner_nats_url: str | None = None
    """Where runners reach the broker, if not where we do."""
    api_runner_names: dict[UUID, str] = {}
    """What runners are called that the broker's own configuration lets in, unless somebody named them otherwise; JSON."""

    api_model_limit: Annotated[int, Field(gt=0)] = 2048 * MIB
    """Most bytes of a model."""
    api_input_limit: Annotated[int, Field(gt=0)] = 1024 * MIB
    """Most bytes of an input file."""
    api_part_size: Annotated[int, Field(ge=1024)] = 8 * MIB
    """Bytes of every part of an upload but the last. Uploads that are under way keep theirs."""
    api_upload_days: Annotated[float, Field(gt=0)] = 7.0
    """An upload that is not completed in this many days may be swept away."""
    api_examples: Path | None = None
    """Folder with example models and their inputs, where there is one."""
    api_freshness_s: Annotated[float, Field(ge=0)] = 5.0
    """Longest wait of a read for the sequence that it asks for."""
    api_broker_timeout_s: Annotated[float, Field(gt=0)] = 5.0
    """Longest wait for an answer of the broker."""
    api_live_queue: Annotated[int, Field(ge=1)] = 1000
    """Messages that may wait for one reader of a live stream before it is cut off."""
    api_heartbeat_s: Annotated[float, Field(gt=0)] = 15.0
    """How often a stream of events says that it is alive, and asks whether its reader is still let in."""
    api_stream_s: Annotated[float, Field(gt=0)] = 3600.0
    """A stream of events ends after this long; its reader connects again and goes on."""
    api_stop_s: Annotated[int, Field(ge=1)] = 3
    """Longest wait for open requests when the process ends."""
    start_timeout_s: Annotated[float, Field(gt=0)] = 60.0
    """Longest wait for NATS, PostgreSQL and S3 at the start."""

    @property
    def runner_nats_url(self) -> str:
        return self.api_runner_nats_url or self.nats_url
