import sys

import structlog
import uvloop

from api.server import serve
from api.settings import ApiSettings
from api.wiring import wired
from core.configuration import configured
from core.process import begin_as, stop_on_signals
from core.s3.settings import S3Settings
from core.spans.start import send_spans

logger = structlog.get_logger(__name__)


async def main() -> int:
    begin_as("api")
    settings, s3 = configured(ApiSettings), configured(S3Settings)
    send_spans("api", settings.traces)
    stop = stop_on_signals()
    broker_gone = False

    def closed() -> None:
        nonlocal broker_gone
        if not stop.is_set():
            logger.error("the broker's connection is gone for good", action="broker_gone")
            broker_gone = True
            stop.set()

    async with wired(settings, s3, closed=closed) as parts:
        await serve(parts, stop)
        stop.set()
    return 1 if broker_gone else 0


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
