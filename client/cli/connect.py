"""`mgeprof connect`: logs a browser in."""

from __future__ import annotations

import typer

from client.cli.options import Home, Json, Url

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def connect(as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Print a link that logs one browser in, once, within a quarter of an hour. For whoever runs `mgeprof up`."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    made = session.run(lambda client: client.account.connect_link())
    if as_json:
        session.write_json(made.document)
    else:
        typer.echo(made.url)
