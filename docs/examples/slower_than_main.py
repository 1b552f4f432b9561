"""A step of a build: measure a model, and fail when an operator got slower than in the last run on main, beyond its noise.

    python slower_than_main.py net.mge --input data=data.npy --project vision --branch "$BRANCH"

MGEPROF_URL and MGEPROF_TOKEN say where and as whom (a key with the scopes `read` and `submit`). Runs are found again by the project and by the
branch, which becomes a tag. Ends with 0 when nothing got slower, with 1 when something did, with 2 when the run itself failed.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from client import AsyncClient
from client.models import Task
from client.profiles import ComparedOperator, Difference

MAIN = "main"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("--input", action="append", default=[], metavar="NAME=FILE")
    parser.add_argument("--project", required=True)
    parser.add_argument("--branch", required=True)
    parser.add_argument("--platform", default="x86")
    parser.add_argument("--engine", default="1.13.0")
    parser.add_argument("--passes", type=int, default=10, help="More passes tell smaller differences from noise.")
    parser.add_argument("--ratio", type=float, default=1.05, help="Smaller changes are let through.")
    return parser.parse_args()


async def last_on_main(mgeprof: AsyncClient, project: str, asked: argparse.Namespace) -> Task | None:
    filters = {"project": project, "tag": MAIN, "platform": asked.platform, "engine": asked.engine}
    found = await mgeprof.tasks({**filters, "state": "completed", "q": asked.model.name, "limit": 1})
    return found.items[0] if found.items else None


async def measure(mgeprof: AsyncClient, project: str, asked: argparse.Namespace) -> Task:
    model = await mgeprof.upload_model(asked.model)
    pairs = [given.partition("=") for given in asked.input]
    inputs = {name: await mgeprof.upload_input(Path(file)) for name, _, file in pairs}
    task = await mgeprof.submit(
        model,
        platform=asked.platform,
        engine=asked.engine,
        inputs=inputs,
        data={"project": project, "tags": [asked.branch]},
        options={"profiled_passes": asked.passes},
        name=f"{asked.model.name} on {asked.branch}",
    )
    return await mgeprof.wait(task.id)


def slower(operator: ComparedOperator, ratio: float) -> Difference | None:
    """How the operator changed, when its passes lie above those on main further than chance explains."""
    change = operator.runs[1]
    if change is None or not change.significant or change.ratio is None or change.ratio < ratio:
        return None
    return change


async def main() -> int:
    asked = arguments()
    async with AsyncClient.find() as mgeprof:
        project = (await mgeprof.project(asked.project)).id
        before = await last_on_main(mgeprof, project, asked)
        task = await measure(mgeprof, project, asked)
        print(task.url)
        if task.state != "completed":
            print(f"The run {task.state}: {task.failure.message if task.failure else ''}")
            return 2
        if before is None:
            print("There is no run on main to hold it against.")
            return 0
        found = await mgeprof.compare([before.id, task.id])
        worse = [(one, change) for one in found.operators if (change := slower(one, asked.ratio)) is not None]
        for operator, change in worse:
            print(f"{operator.name}: {change.ratio:.2f} times as long as on main ({before.url})")
        print(f"{len(worse)} of {found.matching} operators got slower.")
        return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
