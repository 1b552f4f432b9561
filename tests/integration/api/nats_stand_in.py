"""``nats --server URL --nkey FILE subscribe SUBJECT --count N``, for machines that do not have the nats command line: no index brings it.

Takes just what the documentation uses, connects with just that, and writes what comes as the command line does.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

import nats


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--nkey", type=Path, required=True)
    parser.add_argument("command", choices=["subscribe"])
    parser.add_argument("subject")
    parser.add_argument("--count", type=int, required=True)
    asked = parser.parse_args()
    nc = await nats.connect(asked.server, nkeys_seed=str(asked.nkey))
    subscription = await nc.subscribe(asked.subject)
    await nc.flush()
    print(f"Subscribing on {asked.subject}", flush=True)  # noqa: T201 - it is a command
    for number in range(1, asked.count + 1):
        message = await subscription.next_msg(60)
        headers = "".join(f"{name}: {value}\n" for name, value in (message.headers or {}).items())
        print(f'[#{number}] Received on "{message.subject}"\n{headers}\n{message.data.decode()}', flush=True)  # noqa: T201 - as above
    await nc.close()


if __name__ == "__main__":
    asyncio.run(main())
