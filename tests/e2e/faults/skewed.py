"""``skewed.py SECONDS MODULE ARGUMENTS``: runs a module of ours whose wall clock is so far off. Python's clocks are set, before anything reads them."""

import datetime as dt
import runpy
import sys
import time


def set_clocks(off_s: float) -> None:
    """Ahead by so much, for everything in this process that is Python."""
    honest, seconds, nanoseconds = dt.datetime, time.time, time.time_ns

    class Skewed(honest):  # type: ignore[misc, valid-type] # a class all the same
        @classmethod
        def now(cls, tz: "dt.tzinfo | None" = None) -> "Skewed":
            found: Skewed = cls.fromtimestamp(seconds() + off_s, tz)
            return found

    time.time = lambda: seconds() + off_s
    time.time_ns = lambda: nanoseconds() + int(off_s * 1e9)
    dt.datetime = Skewed  # type: ignore[misc] # that is what is wanted


if __name__ == "__main__":
    set_clocks(float(sys.argv[1]))
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
