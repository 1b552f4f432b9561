"""A device of one's own, a run that fails, and one that is called off."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from infra.embedded.home import public_key, user_seed
from tests.e2e.conftest import MakeUser
from tests.e2e.user import User
from tests.e2e.web.axe import serious_findings
from tests.e2e.web.browser import PATIENCE_MS
from tests.e2e.web.conftest import Visit

expect.set_options(timeout=PATIENCE_MS)


async def test_a_private_device_is_there_for_whom_it_was_granted(visit: Visit, user: User, make_user: MakeUser) -> None:
    friend = await make_user("ada")
    token = (await user.http.post("/api/v1/enrolments", json={})).json()["token"]
    asked = {"token": token, "public_key": public_key(user_seed()), "name": "my own board", "platform": "arm"}
    made = await friend.http.post("/api/v1/runners", json=asked)
    assert made.status_code == 201, made.text
    mine = await visit("/devices")
    theirs = await visit("/devices", key=friend.http.headers["Authorization"].removeprefix("Bearer "))
    await expect(mine.get_by_role("article", name="my own board")).to_contain_text("private")
    await expect(theirs.get_by_role("article").first).to_be_visible()
    assert await theirs.get_by_role("article", name="my own board").count() == 0
    await mine.get_by_role("button", name="Manage: my own board").click()
    await mine.get_by_label("Name of a person").fill("ada")
    await mine.get_by_role("button", name="Let this person use it").click()
    await expect(theirs.get_by_role("article", name="my own board")).to_be_visible()
    await user.http.delete(f"/api/v1/runners/{made.json()['id']}")


async def test_a_run_that_fails_says_whose_move_it_is(visit: Visit, user: User, examples: Path) -> None:
    model = await user.upload("model", examples / "resnet.mge")
    data = {"data": await user.upload("input", examples / "resnet-data.npy")}
    endless = {"iterations": 100_000, "time_limit_s": 1}
    failed = await user.ended((await user.submit(model=model, inputs=data, name="too long", options=endless))["id"])
    page = await visit(f"/runs/{failed['id']}")
    card = page.get_by_role("region", name=failed["failure"]["title"])
    await expect(card).to_contain_text("Yours: something about the model, the data or the options has to change.")
    await expect(card).to_contain_text(failed["failure"]["hint"])
    assert await serious_findings(page) == []


async def test_a_run_that_waits_says_why_and_is_called_off(visit: Visit, user: User, examples: Path) -> None:
    model = await user.upload("model", examples / "resnet.mge")
    data = {"data": await user.upload("input", examples / "resnet-data.npy")}
    [runner] = [one for one in (await user.get("/runners"))["items"] if one["state"] != "offline"]
    await user.http.post(f"/api/v1/runners/{runner['id']}/drain")
    try:
        task = await user.submit(model=model, inputs=data, name="called off")
        page = await visit(f"/runs/{task['id']}")
        await expect(page.get_by_text("Devices that could take it are drained")).to_be_visible()
        await expect(page.get_by_role("cell", name=runner["name"])).to_be_visible()
        assert await serious_findings(page) == []
        await page.get_by_role("button", name="Cancel").click()
        await expect(page.locator("main [data-state=cancelled]")).to_be_visible()
    finally:
        await user.http.post(f"/api/v1/runners/{runner['id']}/resume")
