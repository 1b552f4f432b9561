"""Python SDK and the user's sub-commands; they speak HTTP only.

Example::

    async with Client.find() as mgeprof:
        model = await mgeprof.upload_model(Path("resnet.mge"))
        task = await mgeprof.submit(model, platform="x86", engine="1.13.0")
        task = await mgeprof.wait(task.id)
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from client.client import Client as Client

__all__ = ["Client"]


def __getattr__(name: str) -> object:
    # Late: the command line imports this package for its help text alone, and the HTTP library takes a while to load.
    if name == "Client":
        from client.client import Client

        return Client
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
