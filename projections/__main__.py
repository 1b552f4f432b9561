import asyncio
import sys

import structlog
import uvloop

from core.configuration import configured
from core.process import begin_as, run_until, stop_on_signals
from core.spans.start import send_spans
from projections.process import serve
from projections.projector import FAULTS
from projections.settings import Settings

logger = structlog.get_logger("projections")


async def main() -> None:
    settings = configured(Settings)
    send_spans("projector", settings.traces)
    await run_until(stop_on_signals(), asyncio.create_task(serve(settings), name="projector"))


if __name__ == "__main__":
    begin_as("projector")
    try:
        uvloop.run(main())
    except FAULTS as fault:
        logger.critical("stopped: an event cannot be applied", action="projection_stopped", fault=str(fault))
        sys.exit(1)
