"""`mgeprof admin …`: for administrators. Devices are looked after with `mgeprof device`."""

import typer

from client.cli.admin import audit, invitations, runs, storage, users

app = typer.Typer(no_args_is_help=True, help="Administer: users, everybody's runs, storage, retention, the audit log.")
app.add_typer(users.app, name="users")
app.add_typer(invitations.app, name="invitations")
app.add_typer(runs.app, name="runs")
app.command("storage")(storage.storage)
app.command("retention")(storage.retention)
app.command("audit")(audit.audit)
