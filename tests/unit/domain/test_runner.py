from core.domain.runner import RUNNER, Appear, Describe, Enroll, Leave
from core.events import runner
from core.events.values import EngineOffer
from tests.unit.domain.spec import given

ENROLLED = runner.Enrolled(pool=runner.Pool.PUBLIC)
DESCRIBED = runner.Described(
    engines=(EngineOffer(version="1.13.0", driver="megengine", build="1.13.0+abc"),),
    slots=1,
    cpu="A processor",
    cores=2,
    memory=1,
    kernel="Linux",
    software="0.1",
)


def test_enrolling_is_done_once() -> None:
    given(RUNNER).when(Enroll(runner.Pool.PUBLIC)).then(ENROLLED)
    given(RUNNER, ENROLLED).when(Enroll(runner.Pool.PUBLIC)).then_nothing()


def test_a_stranger_may_not_appear() -> None:
    given(RUNNER).when(Appear()).then_refused("runner_unknown")
    given(RUNNER).when(Describe(DESCRIBED)).then_refused("runner_unknown")


def test_a_description_is_written_when_it_differs() -> None:
    given(RUNNER, ENROLLED).when(Describe(DESCRIBED)).then(DESCRIBED)
    given(RUNNER, ENROLLED, DESCRIBED).when(Describe(DESCRIBED)).then_nothing()
    faster = DESCRIBED.model_copy(update={"cores": 4})
    given(RUNNER, ENROLLED, DESCRIBED).when(Describe(faster)).then(faster)


def test_coming_and_going() -> None:
    left = runner.Left(reason=runner.LeaveReason.SILENT)
    given(RUNNER, ENROLLED).when(Appear()).then(runner.Appeared())
    given(RUNNER, ENROLLED, runner.Appeared()).when(Appear()).then_nothing()
    given(RUNNER, ENROLLED, runner.Appeared()).when(Leave(runner.LeaveReason.SILENT)).then(left)
    given(RUNNER, ENROLLED, runner.Appeared(), left).when(Leave(runner.LeaveReason.SILENT)).then_nothing()
    given(RUNNER, ENROLLED, runner.Appeared(), left).when(Appear()).then(runner.Appeared())


def test_a_revoked_runner_can_do_nothing_more() -> None:
    given(RUNNER, ENROLLED, runner.Revoked()).when(Appear()).then_refused("runner_revoked")
    given(RUNNER, ENROLLED, runner.Revoked()).when(Enroll(runner.Pool.PUBLIC)).then_refused("runner_revoked")
