"""What the scheduler shows to Prometheus: lanes, runners, and how far it is."""

from collections.abc import Iterable

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.scheduler.board import Board


class BoardMetrics(Collector):
    """Counted from the board at every scrape."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def collect(self) -> Iterable[Metric]:
        lanes = GaugeMetricFamily(
            "mgeprof_lane_queued", "Tasks that wait, by platform and engine.", labels=("platform", "engine")
        )
        waiting: dict[tuple[str, str], int] = {}
        for entry in list(self._board.queued()):
            lane = (entry.key.platform.value, entry.submitted.engine)
            waiting[lane] = waiting.get(lane, 0) + 1
        for lane, count in waiting.items():
            lanes.add_metric(lane, count)
        yield lanes
        yield GaugeMetricFamily(
            "mgeprof_tasks_running", "Tasks that runners hold.", value=len(list(self._board.running()))
        )
        present = sum(runner.usable for runner in list(self._board.runners.values()))
        yield GaugeMetricFamily("mgeprof_runners_usable", "Runners that may take tasks.", value=present)
        yield GaugeMetricFamily(
            "mgeprof_scheduler_sequence", "Last event that the board holds.", value=self._board.sequence
        )
