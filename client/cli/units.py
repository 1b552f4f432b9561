"""Numbers as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

TIMES = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
BYTES = ("B", "KiB", "MiB", "GiB", "TiB")
DECIMAL = ("", "K", "M", "G", "T", "P")
EIGHTHS = " ▏▎▍▌▋▊▉█"


def duration(seconds: float) -> str:
    """``1.5 s``, ``12.3 ms``, ``840 µs``; from a minute on ``2 min 05 s`` and ``1 h 02 min``."""
    if abs(seconds) >= 3600:
        return f"{int(seconds // 3600)} h {int(seconds % 3600 // 60):02} min"
    if abs(seconds) >= 60:
        return f"{int(seconds // 60)} min {int(seconds % 60):02} s"
    if seconds == 0:
        return "0 s"
    for scale, unit in TIMES:
        # What rounds to one of a unit is written in it: 999.96 ns is 1 µs.
        if abs(seconds) >= scale * 0.9995:
            return f"{three_digits(seconds / scale)} {unit}"
    return f"{three_digits(seconds / 1e-9)} ns"


def size(count: float) -> str:
    """Bytes: ``512 B``, ``1.5 MiB``."""
    return _scaled(count, 1024.0, BYTES)


def quantity(count: float, unit: str) -> str:
    """``1.82 GFLOP``, ``45 MFLOP/s``, ``0 FLOP``."""
    return _scaled(count, 1000.0, tuple(prefix + unit for prefix in DECIMAL))


def rate(amount: float, seconds: float, unit: str) -> str:
    """An amount for each second, ``–`` when no time passed."""
    return quantity(amount / seconds, f"{unit}/s") if seconds > 0 else "–"


def percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f} %" if whole > 0 else "–"


def bar(part: float, whole: float, width: int = 12) -> str:
    """A bar in eighths of a character, ``width`` characters when part is all of whole."""
    eighths = round(min(max(part / whole, 0.0), 1.0) * width * 8) if whole > 0 else 0
    full, rest = divmod(eighths, 8)
    return "█" * full + (EIGHTHS[rest] if rest else "")


def shape(sizes: Sequence[int] | None) -> str:
    """``1×64×56×56``; a scalar is ``()``, an unknown shape ``?``."""
    if sizes is None:
        return "?"
    return "×".join(map(str, sizes)) or "()"


def shapes(many: Sequence[Sequence[int] | None]) -> str:
    return ", ".join(map(shape, many))


def brief(value: object) -> str:
    """A value of an event: digests cut, floats rounded."""
    if isinstance(value, float):
        return f"{value:.4g}"
    text = str(value)
    return f"{text[:12]}…" if len(text) == 64 else text


def moment(at: datetime | None) -> str:
    """A time on the reader's own clock, to the second."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S") if at else "–"


def short_moment(at: datetime | None) -> str:
    """The same to the minute, without the year."""
    return at.astimezone().strftime("%m-%d %H:%M") if at else "–"


def three_digits(number: float) -> str:
    """Three significant digits without an exponent: ``1.23``, ``12.3``, ``123``, ``1234``."""
    if number == 0:
        return "0"
    whole_digits = len(str(int(abs(number))))
    text = f"{number:.{max(0, 3 - whole_digits)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scaled(count: float, base: float, units: Sequence[str]) -> str:
    for unit in units[:-1]:
        if abs(count) < base:
            return f"{three_digits(count)} {unit}"
        count /= base
    return f"{three_digits(count)} {units[-1]}"
