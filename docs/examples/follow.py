"""Print every run that ends, as it happens; goes on where it was after a break of the connection.

MGEPROF_URL=https://mgeprof.example.org MGEPROF_TOKEN=mgp_… python follow.py
"""

import asyncio

from client import AsyncClient

ENDS = ["task.completed", "task.failed", "task.cancelled", "task.expired"]


async def main() -> None:
    async with AsyncClient.find() as mgeprof:
        async for event in mgeprof.follow_log({"type": ENDS}):
            print(event.sequence, event.type, event.thing, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
