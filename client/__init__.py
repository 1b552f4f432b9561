"""The Python SDK, and the user's sub-commands that stand on it; they speak HTTP only.

Example::

    from pathlib import Path
    from client import Client

    with Client("https://mgeprof.example.org", api_key) as mgeprof:
        job = mgeprof.submit_profile_job(Path("resnet.mge"), "x86", inputs={"data": Path("data.npy")})
        job.wait().check()
        print(job.url, job.summary, job.operators()[:3])

`AsyncClient` has the same with ``await``, and everything else that the server does.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from client.blocking import Client as Client
    from client.blocking import Job as Job
    from client.client import Client as AsyncClient
    from client.jobs.job import AsyncJob as AsyncJob

__all__ = ["AsyncClient", "AsyncJob", "Client", "Job"]

_WHERE = {
    "AsyncClient": ("client.client", "Client"),
    "AsyncJob": ("client.jobs.job", "AsyncJob"),
    "Client": ("client.blocking", "Client"),
    "Job": ("client.blocking", "Job"),
}


def __getattr__(name: str) -> object:
    # Late: the command line imports this package for its help text alone, and the HTTP library takes a while to load.
    if name in _WHERE:
        from importlib import import_module

        module, known = _WHERE[name]
        return getattr(import_module(module), known)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
