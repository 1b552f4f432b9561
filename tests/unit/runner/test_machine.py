import os
from pathlib import Path

import pytest

from core.events.runner import Described
from runner import machine


@pytest.fixture
def cpu_info(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "cpuinfo"
    monkeypatch.setattr(machine, "_CPU_INFO", path)
    return path


@pytest.fixture
def thermal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(machine, "_THERMAL", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "processor\t: 0\nmodel\t\t: 85\nmodel name\t: Intel(R) Xeon(R) CPU @ 2.80GHz\n",
            "Intel(R) Xeon(R) CPU @ 2.80GHz",
        ),
        ("processor\t: 0\nBogoMIPS\t: 108.00\nModel\t\t: Raspberry Pi 4\n", "Raspberry Pi 4"),
        ("processor\t: 0\nBogoMIPS\t: 108.00\n", os.uname().machine),
        ("model name\t:\n", os.uname().machine),
        ("", os.uname().machine),
        ("model name\t: " + "x" * 300, "x" * 200),
    ],
)
def test_the_processor_says_its_name_where_it_has_one(cpu_info: Path, text: str, name: str) -> None:
    cpu_info.write_text(text)
    assert machine.cpu_model() == name


def test_the_hottest_zone_that_can_be_read_counts(thermal: Path) -> None:
    for name, reading in (("thermal_zone0", "41000\n"), ("thermal_zone1", "55500\n"), ("thermal_zone2", "nonsense")):
        (thermal / name).mkdir()
        (thermal / name / "temp").write_text(reading)
    (thermal / "thermal_zone3" / "temp").mkdir(parents=True)
    assert machine.temperature() == 55.5


def test_without_a_zone_there_is_no_temperature(thermal: Path) -> None:
    assert list(thermal.iterdir()) == []
    assert machine.temperature() is None


def test_this_machine_can_be_described() -> None:
    described = Described(
        engines=(),
        slots=1,
        cpu=machine.cpu_model(),
        cores=machine.cores(),
        memory=machine.memory_bytes(),
        kernel=machine.kernel(),
        software=machine.software(),
    )
    assert described.memory > 2**26
    assert described.cores == len(os.sched_getaffinity(0))
    assert machine.load() >= 0
