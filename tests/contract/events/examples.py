"""The fact that each golden file holds, as today's program reads it: what a file of an older version is upcast to.

Never change an example: add one beside it when an event gets a new version.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from core.events import account, grouping, model, ownership, project, runner, task
from core.events.envelope import Fact
from core.events.failure import FailureKind
from core.events.ids import AccountId, LabelId, ModelId, ProjectId, RunnerId, SweepId, TagId, TaskId
from core.events.ownership import LinkId, Visibility
from core.events.values import Artifact, DevicePeaks, EngineOffer, Latency, ProfileOptions, Totals, TypeSum

_ACCOUNT = AccountId(UUID("01890a5d-ac96-774b-bcce-b302099a0a01"))
_MODEL = ModelId(UUID("01890a5d-ac96-774b-bcce-b302099a0a02"))
_RUNNER = RunnerId(UUID("01890a5d-ac96-774b-bcce-b302099a0a03"))
_LABEL = LabelId(UUID("01890a5d-ac96-774b-bcce-b302099a0c09"))
_TASK = TaskId(UUID("01890a5d-ac96-774b-bcce-b302099a0a04"))
_ORIGIN = TaskId(UUID("01890a5d-ac96-774b-bcce-b302099a0a05"))
_SWEEP = SweepId(UUID("01980f2e-7c1a-7def-8123-0000000000e5"))
_LINK = LinkId(UUID("01890a5d-ac96-774b-bcce-b302099a0a06"))
_PROJECT = ProjectId(UUID("01890a5d-ac96-774b-bcce-b302099a0a07"))
_TAGS = (TagId(UUID("01890a5d-ac96-774b-bcce-b302099a0a08")), TagId(UUID("01890a5d-ac96-774b-bcce-b302099a0a09")))
_ONE, _TWO, _THREE = "11" * 32, "22" * 32, "33" * 32

_FILES = (Artifact(name="log.txt", sha256=_ONE, size=0), Artifact(name="raw-1.json", sha256=_TWO, size=123_456_789_012))
_TOTALS = Totals(operators=42, device_s=0.0123, computation=3.5e9, memory=1.25e8)
_TYPES = (
    TypeSum(type="Convolution", count=20, device_s=0.01, computation=3.4e9, memory=1e8),
    TypeSum(type="Elemwise{RELU}", count=22, device_s=0.0023, computation=1e8, memory=2.5e7),
)
_PHASES = {"fetching": 0.5, "timing": 1.25}

EXAMPLES: dict[str, Fact] = {
    "task.submitted.v1": task.Submitted(
        kind=task.TaskKind.PROFILE,
        model_id=_MODEL,
        model=_ONE,
        inputs=(_TWO, _THREE),
        request=_THREE,
        engine="1.13.0",
        options=ProfileOptions(
            iterations=20,
            warmup=0,
            profiled_passes=3,
            threads=2,
            batch_size=8,
            fast_run=True,
            full_run=True,
            reproducible=True,
            weight_preprocess=True,
            nchw4=True,
            nchw44=True,
            nchw44_dot=True,
            nchw88=True,
            nchw32=True,
            nchw64=True,
            chwn4=True,
            nhwcd4=True,
            fuse_conv_bias_nonlinearity=True,
            fuse_conv_bias_with_z=True,
            ioc16=True,
            io16xc32=True,
            workspace_limit=2**30,
            time_limit_s=60.5,
            queue_limit_s=120.0,
        ),
        runner=_RUNNER,
        labels=(_LABEL,),
        pool=runner.Pool.PRIVATE,
        origin=_ORIGIN,
        sweep=_SWEEP,
        project=_PROJECT,
        tags=_TAGS,
    ),
    "task.queued.v1": task.Queued(attempt=2, reason=task.QueueReason.ATTEMPT_LOST),
    "task.started.v1": task.Started(
        attempt=2,
        runner_id=_RUNNER,
        engine_build="megengine 1.13.0 cp310",
        lease_s=45.0,
        reason=task.ChoiceReason.FAIR_SHARE,
        waiting=7,
        beat_age_s=2.5,
    ),
    "task.completed.v1": task.Completed(
        attempt=2,
        analyser=1,
        latency=Latency(count=20, min=0.01, p50=0.011, p90=0.012, p99=0.013, max=0.014, mean=0.0115, std=0.0005),
        totals=_TOTALS,
        by_type=_TYPES,
        phases=_PHASES,
        peak_memory=8_589_934_592,
        warm=True,
        artifacts=_FILES,
    ),
    "task.inspected.v1": task.Inspected(
        attempt=1,
        inputs=2,
        outputs=1,
        operators=45,
        parameters=11_689_512,
        parameter_bytes=46_758_048,
        computation=1.82e9,
        activations=2_500_000,
        activation_bytes=10_000_000,
        phases=_PHASES,
        peak_memory=300_000_000,
        warm=True,
        artifacts=_FILES,
    ),
    "task.failed.v1": task.Failed(
        attempt=1, kind=FailureKind.ENGINE_CRASH, exit_code=139, phases=_PHASES, artifacts=_FILES
    ),
    "task.cancel_requested.v1": task.CancelRequested(),
    "task.cancelled.v1": task.Cancelled(attempt=1, artifacts=_FILES),
    "task.expired.v1": task.Expired(waited_s=86_400.25),
    "task.attempt_lost.v1": task.AttemptLost(attempt=1, runner_id=_RUNNER, reason=task.LossReason.ABANDONED),
    "task.late_report_kept.v1": task.LateReportKept(attempt=1, runner_id=_RUNNER, artifacts=_FILES),
    "task.reanalysed.v1": task.Reanalysed(attempt=2, analyser=2, totals=_TOTALS, by_type=_TYPES, artifacts=_FILES),
    "task.visibility_changed.v1": ownership.VisibilityChanged(visibility=Visibility.TEAM),
    "task.shared.v1": ownership.Shared(link=_LINK, expires_at=datetime(2026, 12, 24, 18, 30, tzinfo=UTC)),
    "task.share_revoked.v1": ownership.ShareRevoked(link=_LINK),
    "task.filed.v1": grouping.Filed(project=_PROJECT),
    "task.tagged.v1": grouping.Tagged(tags=_TAGS),
    "task.files_deleted.v1": ownership.FilesDeleted(),
    "task.deleted.v1": ownership.Deleted(),
    "runner.enrolled.v1": runner.Enrolled(pool=runner.Pool.PRIVATE, owner=_ACCOUNT),
    "runner.described.v1": runner.Described(
        engines=(
            EngineOffer(
                version="1.13.0",
                driver="megengine",
                build="megengine 1.13.0 cp310",
                peaks=DevicePeaks(flops=41.5e9, bandwidth=9.25e9),
            ),
        ),
        slots=2,
        cpu="Neoverse-N1",
        cores=4,
        memory=17_179_869_184,
        kernel="6.1.0",
        software="0.1.0",
        sandbox=runner.SandboxKind.BUBBLEWRAP,
        gpus=(),
    ),
    "runner.described.v2": runner.Described(
        engines=(
            EngineOffer(
                version="1.13.0",
                driver="megengine",
                build="megengine 1.13.0 cp310",
                peaks=DevicePeaks(flops=41.5e9, bandwidth=9.25e9),
            ),
        ),
        slots=2,
        cpu="Neoverse-N1",
        cores=4,
        memory=17_179_869_184,
        kernel="6.1.0",
        software="0.1.0",
        sandbox=runner.SandboxKind.BUBBLEWRAP,
        gpus=("NVIDIA A10",),
    ),
    "runner.appeared.v1": runner.Appeared(),
    "runner.left.v1": runner.Left(reason=runner.LeaveReason.SILENT),
    "runner.drained.v1": runner.Drained(),
    "runner.resumed.v1": runner.Resumed(),
    "runner.disabled.v1": runner.Disabled(),
    "runner.enabled.v1": runner.Enabled(),
    "runner.pool_changed.v1": runner.PoolChanged(pool=runner.Pool.PUBLIC),
    "runner.owner_changed.v1": runner.OwnerChanged(owner=_ACCOUNT),
    "runner.labelled.v1": runner.Labelled(labels=(_LABEL,)),
    "runner.revoked.v1": runner.Revoked(),
    "runner.granted.v1": runner.Granted(account=_ACCOUNT),
    "runner.grant_revoked.v1": runner.GrantRevoked(account=_ACCOUNT),
    "model.uploaded.v1": model.Uploaded(sha256=_ONE, size=98_765_432_101),
    "model.inspected.v1": model.Inspected(
        task_id=_TASK, engine="1.13.0", operators=42, parameters=25_557_032, computation=3.5e9
    ),
    "model.visibility_changed.v1": ownership.VisibilityChanged(visibility=Visibility.PRIVATE),
    "model.filed.v1": grouping.Filed(project=None),
    "model.tagged.v1": grouping.Tagged(tags=()),
    "model.deleted.v1": ownership.Deleted(),
    "dataset.visibility_changed.v1": ownership.VisibilityChanged(visibility=Visibility.TEAM),
    "dataset.deleted.v1": ownership.Deleted(),
    "project.created.v1": project.Created(),
    "project.archived.v1": project.Archived(),
    "project.restored.v1": project.Restored(),
    "project.visibility_changed.v1": ownership.VisibilityChanged(visibility=Visibility.TEAM),
    "project.deleted.v1": ownership.Deleted(),
    "account.registered.v1": account.Registered(role=account.Role.GUEST, admission=account.Admission.INVITATION),
    "account.role_changed.v1": account.RoleChanged(role=account.Role.ADMIN),
    "account.disabled.v1": account.Disabled(),
    "account.enabled.v1": account.Enabled(),
    "account.deleted.v1": account.Deleted(),
    "account.quota_set.v1": account.QuotaSet(tasks_a_day=1000, running=4, stored_bytes=2**40),
}
