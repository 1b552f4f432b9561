"""What the scheduler shows to Prometheus: lanes, runners, and how far it is."""

from collections import Counter
from collections.abc import Iterable

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.scheduler.board import Board, KnownRunner


class BoardMetrics(Collector):
    """Counted from the board at every scrape."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def collect(self) -> Iterable[Metric]:
        lanes = GaugeMetricFamily(
            "mgeprof_lane_queued", "Tasks that wait, by platform and engine.", labels=("platform", "engine")
        )
        waiting: dict[tuple[str, str], int] = {}
        for lane, by_owner in list(self._board.waiting.lanes.items()):
            if lane.withheld:  # no further runner would take any of it
                continue
            shown = (lane.platform.value, lane.engine)
            waiting[shown] = waiting.get(shown, 0) + sum(map(len, list(by_owner.values())))
        for shown, count in waiting.items():
            lanes.add_metric(shown, count)
        yield lanes
        yield GaugeMetricFamily("mgeprof_tasks_running", "Tasks that runners hold.", value=len(self._board.held))
        runners = GaugeMetricFamily("mgeprof_runners", "Runners, by platform and state.", labels=("platform", "state"))
        states = Counter((entry.key.platform.value, self._state(entry)) for entry in list(self._board.runners.values()))
        for shown, count in states.items():
            runners.add_metric(shown, count)
        yield runners
        present = sum(runner.usable for runner in list(self._board.runners.values()))
        yield GaugeMetricFamily("mgeprof_runners_usable", "Runners that may take tasks.", value=present)
        yield GaugeMetricFamily(
            "mgeprof_scheduler_sequence", "Last event that the board holds.", value=self._board.sequence
        )

    def _state(self, entry: KnownRunner) -> str:
        known = entry.known.state
        if known.stopped:
            return "stopped"
        if not known.present:
            return "away"
        if known.drained:
            return "drained"
        return "busy" if self._board.running_on(entry.id) else "idle"
