"""Writes down what an attempt ran on and with."""

from dataclasses import dataclass

from core.events.ids import Platform, Sha256
from core.options import commands
from core.protocol.environment import Commands, Engine, EnvironmentDocument, Machine
from core.protocol.orders import WorkOrder
from runner import gpu, machine
from runner.engine.job import Inspection, Measurement


def machine_now() -> Machine:
    """The state of the device at this moment. With graphics cards it takes a while: call it off the event loop."""
    return Machine(
        cpu=machine.cpu_model(),
        cores=machine.cores(),
        memory=machine.memory_bytes(),
        kernel=machine.kernel(),
        governor=machine.governor(),
        frequency_hz=machine.frequency_hz(),
        load=machine.load(),
        temperature=machine.temperature(),
        gpus=gpu.gpus(),
    )


@dataclass(frozen=True)
class Circumstances:
    """What is known before the engine runs. ``inputs``: digests by the model's names."""

    order: WorkOrder
    platform: Platform
    driver: str
    inputs: dict[str, Sha256]
    machine: Machine
    output_names: tuple[str, ...] = ()

    def document(self, left: Inspection | Measurement | None) -> EnvironmentDocument:
        """``left``: what the engine's process left, if it came that far."""
        options = self.order.options
        return EnvironmentDocument(
            software=machine.software(),
            platform=self.platform,
            machine=self.machine,
            engine=Engine(
                version=self.order.engine,
                driver=self.driver,
                build=left.engine_build if left else None,
                warm=left.warm if left else None,
            ),
            model=self.order.model,
            inputs=self.inputs,
            options=options,
            commands=Commands(
                load_and_run=commands.load_and_run(options, self.inputs, self.platform),
                load_network_and_run=commands.load_network_and_run(options, self.output_names),
            ),
        )
