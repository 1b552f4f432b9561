"""`python -m bench [NAME ...]`: run all benches, or the named ones."""

from __future__ import annotations

import asyncio
import importlib
import sys

from rich.console import Console

from bench.frame import Bench, measure, write

# Name of the bench -> its module, which holds `run`. A bench gives one figure or several, the first of its own name.
BENCHES = {
    "overhead": "bench.overhead",
    "analysis_cpu": "bench.analysis",
    "clean_latency": "bench.latency",
    "choose_100k": "bench.choosing",
    "login_known_vs_unknown": "bench.login",
    "first_load_kb": "bench.first_load",
    "replay_ratio": "bench.history",
    "list_flatness": "bench.flat_list",
    "sse_lag_p99_s": "bench.event_stream",
    "table_ms": "bench.operator_table",
    "runs_page_ms": "bench.runs_page",
    "graph_ms": "bench.graphs",
    "orders_per_second": "bench.fleet.orders",
    "null_tasks": "bench.fleet.null_tasks",
    "lag_p99_s": "bench.fleet.lag",
}


def load(name: str) -> Bench:
    """The bench of that name."""
    bench: Bench = importlib.import_module(BENCHES[name]).run
    return bench


def main(names: list[str]) -> int:
    """Run benches; 2 for a name that does not exist, else 0: a goal that was missed is for people to judge."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no bench is called {', '.join(unknown)}; there are: {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    figures = asyncio.run(measure([load(name) for name in names or BENCHES], Console(highlight=False)))
    write(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
