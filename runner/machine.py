"""What this machine is and how it is doing, as far as Linux tells without privileges."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

_CPU_INFO = Path("/proc/cpuinfo")
_MEMORY_INFO = Path("/proc/meminfo")
_GOVERNOR = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
_THERMAL = Path("/sys/class/thermal")


def cpu_model() -> str:
    """The processor's own name, or the architecture where it gives none (many ARM boards)."""
    for line in _CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip() in {"model name", "Model", "Hardware"}:
            return value.strip()[:200] or platform.machine()
    return platform.machine()


def cores() -> int:
    """Processors that this process may run on."""
    return len(os.sched_getaffinity(0))


def memory_bytes() -> int:
    """Main memory of the machine."""
    for line in _MEMORY_INFO.read_text(encoding="ascii").splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) * 1024
    return 0


def load() -> float:
    """One-minute load average."""
    return os.getloadavg()[0]


def temperature() -> float | None:
    """The hottest thermal zone in degrees Celsius; None where none can be read."""
    readings = [reading for zone in _THERMAL.glob("thermal_zone*/temp") if (reading := _reading(zone)) is not None]
    return max(readings, default=None)


def _reading(zone: Path) -> float | None:
    try:
        return int(zone.read_text(encoding="ascii")) / 1000
    except (OSError, ValueError):  # zones come and go, and some answer with an error by design
        return None


def governor() -> str | None:
    """Linux's frequency governor of the first core; None where frequencies are not this system's to choose (most virtual machines)."""
    try:
        return _GOVERNOR.read_text(encoding="ascii").strip()[:100] or None
    except (OSError, ValueError):
        return None


def frequency_hz() -> float | None:
    """Mean frequency of the cores at this moment; None where it cannot be read."""
    lines = _CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [float(line.partition(":")[2]) for line in lines if line.startswith("cpu MHz")]
    return sum(found) / len(found) * 1e6 if found else None


def kernel() -> str:
    return f"{platform.system()} {platform.release()}"


def software() -> str:
    """Version of mgeprof itself."""
    return version("mgeprof")
