"""Webhooks and deliveries as tables."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from client.cli import units
from client.cli.tables import plain_table
from client.webhooks import Delivery, Try, Webhook


def webhooks(items: Sequence[Webhook]) -> RenderableType:
    """One a line; says what to do when there is none."""
    if not items:
        return Text("No webhooks. Make one with `mgeprof webhook create URL`.")
    table = _table("to", "hears of", "state", "waiting", "last delivered", "id")
    for item in items:
        table.add_row(
            Text(item.url), _hears(item), _state(item), str(item.waiting), units.moment(item.delivered_at), item.id
        )
    return table


def one(item: Webhook) -> RenderableType:
    """One webhook, a fact a line."""
    table = Table.grid(padding=(0, 2))
    facts = [
        ("id", item.id),
        ("to", item.url),
        ("description", item.description),
        ("hears of", _hears(item).plain),
        ("state", _state(item).plain),
        ("waiting", str(item.waiting)),
        ("last delivered", units.moment(item.delivered_at)),
    ]
    if item.disabled_after is not None:
        facts.append(("missed since", f"{item.disabled_after} (mgeprof webhook replay {item.id} --after …)"))
    for name, value in facts:
        table.add_row(Text(name, "dim"), Text(value))
    return table


def sent(items: Sequence[Delivery]) -> RenderableType:
    """Deliveries, one a line."""
    if not items:
        return Text("Nothing was sent.")
    table = _table("what", "made", "state", "tries", "next try", "why", "sequence", "id")
    for item in items:
        told = (units.moment(item.created_at), item.state, str(item.tries), units.moment(item.next_try_at))
        table.add_row(Text(item.type), *told, item.cause, str(item.sequence), item.id)
    return table


def tries(item: Delivery) -> RenderableType:
    """Every try of a delivery."""
    if not item.log:
        return Text("It was not tried yet.")
    table = _table("try", "when", "answer", "took", "said")
    for tried in item.log:
        table.add_row(
            str(tried.number),
            units.moment(tried.at),
            _outcome(tried),
            units.duration(tried.seconds),
            Text(tried.answer),
        )
    return table


def _table(*columns: str) -> Table:
    table = plain_table(expand=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _hears(item: Webhook) -> Text:
    return Text(", ".join(value for values in item.filter.values() for value in values or ()) or "everything")


def _state(item: Webhook) -> Text:
    return Text(f"{item.state} ({item.reason})" if item.reason else item.state)


def _outcome(tried: Try) -> Text:
    return Text(str(tried.status) if tried.status is not None else tried.error or "")
