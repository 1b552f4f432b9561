from pathlib import Path

from core.events.ids import Platform
from core.protocol.environment import EnvironmentDocument
from runner import machine
from runner.engine.job import Measurement
from runner.environment import Circumstances, machine_now
from tests.unit.runner.orders import order


def circumstances() -> Circumstances:
    return Circumstances(order(), Platform.X86, "megengine", {"data": "a" * 64}, machine_now())


def test_an_attempt_says_what_it_ran_on() -> None:
    left = Measurement("1.13.0+abc", (), (0.1,), (), 0.1, 0.1, 0.1, 7, {}, Path("log"), warm=True)
    document = circumstances().document(left)
    assert (document.engine.build, document.engine.driver, document.engine.warm) == ("1.13.0+abc", "megengine", True)
    assert document.machine.cores == machine.cores()
    assert document.inputs == {"data": "a" * 64}
    assert document.options == order().options
    assert "--input data:data.npy" in (document.commands.load_and_run or "")
    assert EnvironmentDocument.model_validate_json(document.model_dump_json()) == document


def test_an_attempt_without_a_result_says_what_it_can() -> None:
    document = circumstances().document(None)
    assert (document.engine.build, document.engine.warm) == (None, None)


def test_what_a_machine_does_not_tell_is_none() -> None:
    assert machine.governor() is None or machine.governor()
    frequency = machine.frequency_hz()
    assert frequency is None or 1e7 < frequency < 1e11
