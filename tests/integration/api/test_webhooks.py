"""Webhooks from the log to a receiver, which may behave as badly as it can."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections import defaultdict
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from api.events.resources import MEDIA_TYPE
from api.parts import Parts
from api.webhooks.resealing import reseal
from api.webhooks.sealing import Sealer
from api.webhooks.settings import WebhookSettings
from core.events.account import Role
from core.postgres import copying
from core.spans.span import of_event
from infra.backup.folder import Folder, Manifest
from infra.backup.sealed import sealed
from projections.rebuild import rebuild
from tests.integration.api.conftest import MakeUser, client_of
from tests.integration.api.receiver import Manner, Message, Reply, receiving
from tests.integration.api.user import Json, check_problem
from tests.integration.api.webhooks import (
    QUICK,
    SOON_S,
    Runs,
    about,
    delivering,
    made,
    nothing_waits,
    quick,
    types,
    until,
)
from tests.unit.core.kept import keeping


async def count(parts: Parts, webhook: Json, where: str = "true") -> int:
    """Its deliveries of which that holds."""
    sql = f"SELECT count(*) FROM webhook_deliveries WHERE webhook = $1 AND {where}"  # noqa: S608 - the tests' own words
    return int(await parts.pool.fetchval(sql, webhook["id"]))


WHOLE = ["task.submitted", "task.queued", "task.started", "task.completed"]


async def test_what_happens_is_told_in_order_and_signed(
    parts: Parts, hooks: httpx2.AsyncClient, runs: Runs, make_user: MakeUser
) -> None:
    before = await runs.whole()
    async with contextlib.AsyncExitStack() as running:
        kept = running.enter_context(keeping())
        receiver, others = [await running.enter_async_context(receiving()) for _ in range(2)]
        await running.enter_async_context(delivering(parts))
        webhook = await made(hooks, receiver)
        stranger = await make_user()
        async with client_of(quick(parts), stranger.member.key) as client:
            await made(client, others)
            task = await runs.whole()
            await until(lambda: len(about(receiver.accepted, task)) == 4)
            await until(lambda: nothing_waits(hooks, f"/api/v1/webhooks/{webhook['id']}"))
        assert types(about(receiver.got, task)) == WHOLE
        assert not about(receiver.got, before), "what was before the webhook is nothing to it"
        assert not about(others.got, task), "others' runs are nobody else's business"
    history = (await runs.user.get(f"/tasks/{task}/events"))["items"]
    for message, event in zip(about(receiver.got, task), history, strict=True):
        told = Webhook(webhook["secret"]).verify(message.body, message.headers)
        assert message.headers["content-type"] == MEDIA_TYPE
        assert (message.id, message.sequence) == (event["id"], event["sequence"])
        assert message.event.get_attributes()["specversion"] == "1.0"
        assert told["data"] == event["data"]
        with pytest.raises(WebhookVerificationError):
            Webhook(webhook["secret"]).verify(message.body + b" ", message.headers)
    sent = [one for one in kept.spans if one.name == "webhook" and one.attributes["mgeprof.webhook"] == webhook["id"]]
    assert [(one.above, one.failed) for one in sent] == [(of_event(UUID(event["id"])), False) for event in history]
    shown = (await hooks.get(f"/api/v1/webhooks/{webhook['id']}")).json()
    assert (shown["waiting"], shown["state"]) == (0, "enabled")
    assert shown["delivered_at"]
    assert "secret" not in shown


async def test_a_webhook_that_is_made_before_anybody_delivers_misses_nothing(
    parts: Parts, hooks: httpx2.AsyncClient, runs: Runs
) -> None:
    await parts.pool.execute("DELETE FROM webhook_checkpoint")
    async with receiving() as receiver:
        await made(hooks, receiver)
        task = await runs.whole()
        async with delivering(parts):
            await until(lambda: len(about(receiver.accepted, task)) == 4)


async def test_secrets_are_sealed_in_the_database_and_their_key_can_be_changed(
    parts: Parts, hooks: httpx2.AsyncClient, runs: Runs
) -> None:
    def sealer(**keys: str) -> Sealer:
        return Sealer.of(WebhookSettings.model_validate(keys))

    async def stored() -> list[str]:
        row = await parts.pool.fetchrow("SELECT secret, previous_secret FROM webhooks WHERE id = $1", webhook["id"])
        return list(row or ())

    first, second = QUICK["key"], "another key of thirty-two letters"
    async with receiving() as receiver:
        webhook = await made(hooks, receiver)
        known = [webhook["secret"]]
        rotated = await hooks.post(f"/api/v1/webhooks/{webhook['id']}/secret", json={"overlap_hours": 1})
        known.insert(0, rotated.json()["secret"])
        assert not any(secret in kept for kept in await stored() for secret in known)
        # As a program left it that did not seal.
        await parts.pool.execute("UPDATE webhooks SET previous_secret = $2 WHERE id = $1", webhook["id"], known[1])
        assert await reseal(parts.pool, sealer(key=second)) == 0, "what cannot be opened stays as it is"
        assert await reseal(parts.pool, sealer(key=second, key_previous=first)) >= 1
        assert await reseal(parts.pool, sealer(key=second, key_previous=first)) == 0
        kept, id_ = await stored(), UUID(webhook["id"])
        assert [sealer(key=second).unseal(one, id_) for one in kept] == known
        async with delivering(parts):  # with the first key: nothing can be signed, and nothing is lost
            task = await runs.whole()
            await until(lambda: waits(hooks, webhook, 4))
        async with delivering(parts, key=second):
            await parts.pool.execute("UPDATE webhook_deliveries SET due_at = now() WHERE webhook = $1", id_)
            await until(lambda: len(about(receiver.accepted, task)) == 4)
    for secret in known:
        Webhook(secret).verify(receiver.accepted[0].body, receiver.accepted[0].headers)
    await reseal(parts.pool, sealer(key=str(first), key_previous=second))


async def test_what_a_backup_holds_of_them_is_told_by_the_keys_at_hand(
    parts: Parts, hooks: httpx2.AsyncClient, tmp_path: Path
) -> None:
    folder = Folder(tmp_path / "backup")
    folder.make()
    async with receiving() as receiver:
        await made(hooks, receiver)
    async with parts.pool.acquire() as connection:
        tables = {table.name: table.columns for table in await copying.write_out(connection, "api", folder.tables)}
    manifest = Manifest("0.1.0", "today", 1, "", {}, {}, "0014", tables, 0, 0)
    known = sealed(folder, manifest, Sealer.of(WebhookSettings.model_validate({"key": QUICK["key"]})))
    unknown = sealed(folder, manifest, Sealer.of(WebhookSettings.model_validate({"key": "k" * 32})))
    assert known.webhooks == unknown.webhooks == await parts.pool.fetchval("SELECT count(*) FROM webhooks") > 0
    # Those of other tests, which have other keys, may stand there, too.
    assert known.closed < unknown.closed == unknown.webhooks


async def test_without_a_key_there_is_no_webhook(parts: Parts, make_user: MakeUser) -> None:
    user = await make_user()
    async with client_of(quick(parts, key=None), user.member.key) as client:
        answer = await client.post("/api/v1/webhooks", json={"url": "https://example.org/"})
        check_problem(answer, 409, "webhooks_not_offered")


async def waits(hooks: httpx2.AsyncClient, webhook: Json, count: int) -> bool:
    answer = (await hooks.get(f"/api/v1/webhooks/{webhook['id']}")).json()
    return bool(answer["waiting"] == count)


async def test_a_receiver_of_the_worst_kind_gets_everything_in_order(
    parts: Parts, hooks: httpx2.AsyncClient, runs: Runs, soak: bool
) -> None:
    """It fails, hangs, redirects, drips, drops connections, and restarts; and our own process is stopped and begins anew."""
    rounds, dice = (40 if soak else 6), random.Random(7)
    bad: list[Reply | Manner] = [
        Reply(500),
        Reply(302, {"location": "http://127.0.0.1:1/"}),
        Reply(404),
        Manner.DROP,
        Manner.HANG,
        Manner.DRIP,
    ]

    def badly(_: Message) -> Reply | Manner:
        return dice.choice(bad) if dice.random() < 0.4 else Reply()

    async with receiving(badly) as receiver:
        await made(hooks, receiver)
        tasks = []
        for _ in range(rounds):
            async with delivering(parts, timeout_s=0.5):
                tasks += [await runs.whole() for _ in range(2)]
                await receiver.stop()
                await asyncio.sleep(dice.random() * 0.2)
                await receiver.start()
        async with delivering(parts, timeout_s=0.5):
            await until(lambda: len({one.id for one in about(receiver.accepted, *tasks)}) == 4 * len(tasks))
    first_of: dict[str, list[Message]] = defaultdict(list)
    seen: set[str] = set()
    for message in about(receiver.accepted, *tasks):
        if message.id not in seen:  # ids let the receiver drop what came twice
            seen.add(message.id)
            first_of[message.event.get_subject()].append(message)
    assert len(seen) == 4 * len(tasks)
    for messages in first_of.values():
        assert types(messages) == WHOLE
    assert len(receiver.got) > len(seen), "nothing went wrong: then this test says nothing"


async def test_one_bad_message_holds_up_its_own_run_only(parts: Parts, hooks: httpx2.AsyncClient, runs: Runs) -> None:
    bad = await runs.submit()
    async with receiving() as receiver, delivering(parts):
        receiver.plan = lambda one: Reply(500 if about([one], bad) else 200)
        webhook = await made(hooks, receiver)
        await runs.fleet.start(bad)
        good = await runs.whole()
        await until(lambda: len(about(receiver.accepted, good)) == 4 and len(about(receiver.got, bad)) > 2)
        assert set(types(about(receiver.got, bad))) == {"task.queued"}, "what comes after it waits"
        listed = (await hooks.get(f"/api/v1/webhooks/{webhook['id']}/deliveries?state=waiting")).json()["items"]
        assert {one["type"] for one in listed} == {"task.queued", "task.started"}
        detail = (await hooks.get(f"/api/v1/webhooks/{webhook['id']}/deliveries/{listed[-1]['id']}")).json()
        assert [one["status"] for one in detail["log"]][:2] == [500, 500]
        assert [one["number"] for one in detail["log"]] == list(range(1, len(detail["log"]) + 1))
        receiver.plan = lambda _: Reply()
        await until(lambda: len(about(receiver.accepted, bad)) == 2)
    assert types(about(receiver.accepted, bad)) == ["task.queued", "task.started"]


async def test_410_disables_and_a_replay_makes_good_what_was_missed(
    parts: Parts, hooks: httpx2.AsyncClient, runs: Runs
) -> None:
    async with receiving(lambda _: Reply(410)) as receiver, delivering(parts):
        webhook = await made(hooks, receiver)
        path = f"/api/v1/webhooks/{webhook['id']}"
        first = await runs.whole()
        await until(lambda: bool(about(receiver.got, first)))
        await until(lambda: is_disabled(hooks, path))
        shown = (await hooks.get(path)).json()
        assert (shown["reason"], receiver.accepted) == ("gone", [])
        asked = len(receiver.got)
        missed = await runs.whole()
        check_problem(await hooks.post(f"{path}/replay", json={"after": 0}), 409, "webhook_disabled")
        await asyncio.sleep(SOON_S)
        assert len(receiver.got) == asked, "a receiver that is gone is left alone"

        receiver.plan = lambda _: Reply()
        assert (await hooks.patch(path, json={"enabled": True})).json()["state"] == "enabled"
        later = await runs.whole()
        await until(lambda: len(about(receiver.accepted, later)) == 4)
        replayed = await hooks.post(f"{path}/replay", json={"after": shown["disabled_after"]})
        assert replayed.status_code == 202
        for task in (first, missed):
            await until(lambda task=task: len({one.id for one in about(receiver.accepted, task)}) == 4)  # type: ignore[misc] # mypy cannot see the default
        assert types(about(receiver.accepted, missed)) == WHOLE


async def test_a_delivery_is_given_up_after_its_time_and_can_be_sent_again(
    parts: Parts, hooks: httpx2.AsyncClient, runs: Runs
) -> None:
    async with receiving(lambda _: Reply(500, {}, b"out of order")) as receiver:
        webhook = await made(hooks, receiver, "task.submitted")
        path = f"/api/v1/webhooks/{webhook['id']}"
        async with delivering(parts, give_up_days=0.5 / 86_400):
            task = await runs.submit()
            await until(lambda: is_disabled(hooks, path))
        shown = (await hooks.get(path)).json()
        assert shown["reason"] == "failing", "nothing has got through for as long as one is tried"
        [failed] = (await hooks.get(f"{path}/deliveries")).json()["items"]
        assert (failed["state"], failed["thing"]) == ("failed", task)
        assert failed["tries"] >= 2
        receiver.plan = lambda _: Reply()
        await hooks.patch(path, json={"enabled": True})
        async with delivering(parts):
            again = (await hooks.post(f"{path}/deliveries/{failed['id']}/redeliver", json=None)).json()
            await until(lambda: bool(receiver.accepted))
        assert again["cause"] == "redelivery"
        assert receiver.accepted[0].id == failed["event_id"] == receiver.got[0].id
        [tried] = (await hooks.get(f"{path}/deliveries/{failed['id']}")).json()["log"][-1:]
        assert (tried["status"], tried["answer"]) == (500, "out of order")


async def test_two_secrets_sign_while_one_is_changed_for_the_other(
    parts: Parts, hooks: httpx2.AsyncClient, runs: Runs
) -> None:
    async with receiving() as receiver, delivering(parts):
        webhook = await made(hooks, receiver, "task.submitted")
        path = f"/api/v1/webhooks/{webhook['id']}"
        changed = (await hooks.post(f"{path}/secret", json={"overlap_hours": 1})).json()
        assert changed["previous_secret_until"]
        await runs.submit()
        await until(lambda: len(receiver.got) == 1)
        for secret in (webhook["secret"], changed["secret"]):
            Webhook(secret).verify(receiver.got[0].body, receiver.got[0].headers)
        last = (await hooks.post(f"{path}/secret", json={"overlap_hours": 0})).json()
        await runs.submit()
        await until(lambda: len(receiver.got) == 2)
        message = receiver.got[1]
        Webhook(last["secret"]).verify(message.body, message.headers)
        for secret in (webhook["secret"], changed["secret"]):
            with pytest.raises(WebhookVerificationError):
                Webhook(secret).verify(message.body, message.headers)


async def test_whoever_is_not_let_in_any_more_hears_nothing(parts: Parts, make_user: MakeUser) -> None:
    """What waits when an account is disabled is not sent, also when it is enabled later."""
    admin, person = await make_user(role=Role.ADMIN), await make_user()
    async with receiving() as receiver, client_of(quick(parts), person.member.key) as client:
        webhook = await made(client, receiver, "account.disabled")
        path = f"/api/v1/users/{person.member.account}"
        async with delivering(parts):
            assert (await admin.http.patch(path, json={"disabled": True})).status_code == 200
            await until(lambda: is_withheld(parts, webhook))
            assert (await admin.http.patch(path, json={"disabled": False})).status_code == 200
            await asyncio.sleep(SOON_S)
        assert not receiver.got


async def is_disabled(hooks: httpx2.AsyncClient, path: str) -> bool:
    return bool((await hooks.get(path)).json()["state"] == "disabled")


async def is_withheld(parts: Parts, webhook: Json) -> bool:
    return await count(parts, webhook, "state = 'withheld'") == 1


async def test_of_two_processes_one_delivers_and_the_other_takes_over(
    parts: Parts, hooks: httpx2.AsyncClient, runs: Runs
) -> None:
    async with receiving() as receiver:
        await made(hooks, receiver)
        async with delivering(parts) as one, delivering(parts) as other:
            tasks = [await runs.whole() for _ in range(2)]
            await until(lambda: len(about(receiver.accepted, *tasks)) == 8)
            await asyncio.sleep(SOON_S)
            assert len(about(receiver.got, *tasks)) == 8, "nothing came twice"
            one.cancel()
            more = await runs.whole()
            await until(lambda: len(about(receiver.accepted, more)) == 4)
            assert not other.done()


async def test_replay_and_rebuild_send_nothing(parts: Parts, hooks: httpx2.AsyncClient, runs: Runs) -> None:
    """Looking back, and folding everything once more, is not happening again; nor is a restart."""
    async with receiving() as receiver:
        webhook = await made(hooks, receiver)
        async with delivering(parts):
            task = await runs.whole()
            await until(lambda: len(about(receiver.accepted, task)) == 4)
            for path in (f"/tasks/{task}/replay", f"/tasks/{task}/events", f"/tasks/{task}"):
                await runs.user.get(path)
            last = await parts.log.last_sequence()
            url = parts.settings.database_url.get_secret_value()
            await rebuild(parts.log, url, "read_for_a_test", last)
            await asyncio.sleep(SOON_S)
        async with delivering(parts):
            await asyncio.sleep(SOON_S)
        assert (len(receiver.got), await count(parts, webhook)) == (4, 4)
        assert await parts.pool.fetchval("SELECT sequence FROM webhook_checkpoint") >= last


async def test_what_is_asked_for_is_looked_at(make_user: MakeUser) -> None:
    strict = (await make_user()).http
    for url in ("http://receiver.example/", "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest"):
        check_problem(await strict.post("/api/v1/webhooks", json={"url": url}), 422, "webhook_url_refused")
    for asked in (
        {"url": "https://a:b@receiver.example/"},
        {"url": "https://receiver.example/#part"},
        {"url": "ftp://receiver.example/"},
        {"url": "https://receiver.example/", "filter": {"type": ["task.exploded"]}},
        {"url": "https://receiver.example/", "secret": "mine"},
    ):
        check_problem(await strict.post("/api/v1/webhooks", json=asked), 422, "invalid_request")
    key = {"Idempotency-Key": "once"}
    asked = {"url": "https://receiver.example/hook"}
    one, same = [(await strict.post("/api/v1/webhooks", json=asked, headers=key)).json() for _ in range(2)]
    assert (one["id"], one["secret"]) == (same["id"], same["secret"])
    another = await strict.post("/api/v1/webhooks", json={"url": "https://other.example/"}, headers=key)
    check_problem(another, 422, "idempotency_key_reused")
    path = f"/api/v1/webhooks/{one['id']}"
    check_problem(await strict.patch(path, json={"url": "https://10.0.0.1/"}), 422, "webhook_url_refused")
    check_problem(await strict.post(f"{path}/deliveries/{one['id']}/redeliver"), 404, "delivery_unknown")
    changed = (await strict.patch(path, json={"description": "x", "filter": {"platform": ["x86"]}})).json()
    assert (changed["description"], changed["filter"]["platform"], changed["url"]) == ("x", ["x86"], one["url"])
    guest = await make_user(role=Role.GUEST)
    check_problem(await guest.http.post("/api/v1/webhooks", json=asked), 403, "guests_refused")


async def test_nobody_has_any_number_of_them(parts: Parts, make_user: MakeUser) -> None:
    person = await make_user()
    async with client_of(quick(parts, most=2), person.member.key) as client:
        asked = [client.post("/api/v1/webhooks", json={"url": f"https://receiver.example/{n}"}) for n in range(5)]
        answers = await asyncio.gather(*asked)
    assert sorted(one.status_code for one in answers) == [201, 201, 403, 403, 403]


async def test_pages_of_deliveries_and_what_is_kept(parts: Parts, hooks: httpx2.AsyncClient, runs: Runs) -> None:
    async with receiving() as receiver, delivering(parts):
        webhook = await made(hooks, receiver)
        path = f"/api/v1/webhooks/{webhook['id']}/deliveries"
        task = await runs.whole()
        await until(lambda: len(about(receiver.accepted, task)) == 4)
        seen, cursor = [], ""
        while True:
            page = (await hooks.get(f"{path}?limit=3{cursor}")).json()
            seen += [one["type"] for one in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert seen == WHOLE[::-1]
    await parts.pool.execute(
        "UPDATE webhook_deliveries SET ended_at = ended_at - $2::interval WHERE webhook = $1 AND type = 'task.queued'",
        webhook["id"],
        timedelta(days=31),
    )

    async def is_forgotten() -> bool:
        return await count(parts, webhook) == 3

    async with delivering(parts):
        await until(is_forgotten)


def test_settings_are_json() -> None:
    assert json.loads(WebhookSettings(networks=(ip_network("10.0.0.0/8"),)).model_dump_json())["networks"] == [
        "10.0.0.0/8"
    ]
