"""`mgeprof devices` and `mgeprof models`: what there is to run on and to run."""

from __future__ import annotations

from client.cli.options import Home, Json, Url


def devices(as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """List the devices that take runs, and the engines that they offer."""
    from client.cli.lists import device_table
    from client.cli.session import Session

    session = Session(url, home, as_json)
    page = session.run(lambda client: client.runners())
    session.show(page, lambda: device_table(page.items))


def models(as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """List the uploaded models."""
    from client.cli.lists import model_table
    from client.cli.session import Session

    session = Session(url, home, as_json)
    page = session.run(lambda client: client.models())
    session.show(page, lambda: model_table(page.items))
