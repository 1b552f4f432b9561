"""``python -m core.scheduler``."""

import uvloop

from core.configuration import configured
from core.process import begin_as, stop_on_signals
from core.s3.settings import S3Settings
from core.scheduler.serve import serve
from core.scheduler.settings import Periods, SchedulerSettings
from core.spans.start import send_spans


async def main() -> None:
    settings = configured(SchedulerSettings)
    send_spans("scheduler", settings.traces)
    await serve(settings, configured(Periods), configured(S3Settings), stop_on_signals())


if __name__ == "__main__":
    begin_as("scheduler")
    uvloop.run(main())
