"""From an invitation to a profile, as somebody new does it, and what an administrator does about people."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.e2e.web.axe import serious_findings
from tests.e2e.web.browser import PATIENCE_MS
from tests.e2e.web.conftest import Visit
from tests.integration.api.user import Json

expect.set_options(timeout=PATIENCE_MS)

PASSWORD, LATER = "correct horse battery", "another horse battery"
OPEN = ("/login", "/register", "/password", "/connect", "/nowhere")
TABS = {
    "/profile": ("/profile/account", "/profile/password", "/profile/sessions", "/profile/keys", "/profile/webhooks"),
    "/admin": ("/admin/users", "/admin/invitations", "/admin/runs", "/admin/runners", "/admin/storage", "/admin/audit"),
}


async def _invited(visit: Visit, name: str) -> tuple[Page, Page]:
    """The administrator's page, and that of somebody who has registered with an invitation of theirs."""
    admin = await visit("/admin/invitations")
    await admin.get_by_role("button", name="Make the link").click()
    link = await admin.get_by_role("status").locator("pre").inner_text()
    page = await visit(link, known=False)
    await page.get_by_label("Name", exact=True).fill(name)
    await page.locator("input[type=password]").fill(PASSWORD)
    await page.locator("button[type=submit]").click()
    await page.wait_for_url("**/runs")
    return admin, page


async def test_somebody_new_comes_runs_the_example_and_reads_its_profile(visit: Visit, named: Json) -> None:
    _, page = await _invited(visit, "grace")
    await expect(page.get_by_role("heading", name="No runs yet")).to_be_visible()
    assert await page.get_by_role("link", name=named["name"]).count() == 0
    await page.goto("/new")
    await page.get_by_role("button", name="Use the example model").click()
    await page.get_by_role("button", name="Start the run").click()
    await page.wait_for_url("**/runs/*")
    await expect(page.get_by_text("Latency, median")).to_be_visible(timeout=3 * PATIENCE_MS)
    await page.goto(f"/runs/{named['id']}")
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.get_by_role("link", name="Administration")).to_have_count(0)
    await page.goto(f"/events?thing={named['id']}")
    await expect(page.get_by_role("heading", name="No event matches")).to_be_visible()
    await page.get_by_role("button", name="Show all events").first.click()
    rows = page.get_by_role("grid", name="Events").get_by_role("row")
    await expect(rows.filter(has_text="task.completed")).to_be_visible()
    await expect(rows.filter(has_text=re.compile(f"{named['id'][:13]}|{named['id'][-8:]}"))).to_have_count(0)


async def test_a_password_and_a_key_of_ones_own(visit: Visit) -> None:
    _, page = await _invited(visit, "hedy")
    await page.goto("/profile/password")
    await page.get_by_label("Present password").fill(PASSWORD)
    await page.get_by_label("New password").first.fill(LATER)
    await page.get_by_label("New password, once more").fill("something else")
    await expect(page.get_by_text("The two are not the same")).to_be_visible()
    await page.get_by_label("New password, once more").fill(LATER)
    await page.get_by_role("button", name="Change the password").click()
    await expect(page.get_by_text("The password is changed")).to_be_visible()
    await page.get_by_role("link", name="API keys").click()
    await page.get_by_label("Name", exact=True).fill("my laptop")
    await page.get_by_role("button", name="Make the key").click()
    await expect(page.locator("pre")).to_have_text(re.compile("^mgp_"))
    await page.get_by_role("button", name="Revoke my laptop").click()
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    await expect(page.get_by_role("heading", name="No keys yet")).to_be_visible()
    await page.get_by_role("link", name="Logged in").click()
    await expect(page.get_by_text("This browser")).to_be_visible()
    assert "mgp_" not in await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


async def test_an_administrator_shuts_somebody_out(visit: Visit) -> None:
    admin, page = await _invited(visit, "mallory")
    await admin.goto("/admin/users")
    await admin.get_by_placeholder("Search name, address or id").fill("mallo")
    await admin.get_by_role("button", name="Manage mallory").click()
    await admin.get_by_label("Runs a day").fill("3")
    await admin.get_by_role("button", name="Set the quota").click()
    await expect(admin.get_by_text("Saved")).to_be_visible()
    await page.goto("/profile")
    await expect(page.get_by_text("0 of 3")).to_be_visible()
    await admin.get_by_role("button", name="Disable").click()
    await admin.get_by_role("dialog", name="Disable").get_by_role("button", name="Disable").click()
    await expect(admin.get_by_role("button", name="Let in again")).to_be_visible()
    await page.goto("/runs")
    await expect(page.get_by_role("alert").or_(page.get_by_role("heading", name="Log in"))).to_be_visible()


async def test_nothing_serious_on_the_pages_of_people(visit: Visit) -> None:
    found = {}
    page = await visit("/runs")
    for paths in TABS.values():
        await page.goto(paths[0])
        for path in paths:
            await page.locator(f'main nav a[href="{path}"]').click()
            await expect(page.locator("main nav a[aria-current=page]")).to_have_attribute("href", path)
            await expect(page.locator("main .card").first).to_be_visible()
            found[path] = await serious_findings(page)
    for path in OPEN:
        await page.goto(path)
        await expect(page.get_by_role("heading", level=1).or_(page.locator("main h2")).first).to_be_visible()
        found[path] = await serious_findings(page)
    assert {where: what for where, what in found.items() if what} == {}


async def test_a_device_gets_a_line_to_paste_and_another_name(visit: Visit) -> None:
    page = await visit("/devices")
    await page.get_by_role("button", name="Register a device").click()
    await page.get_by_role("button", name="Make the line").click()
    await expect(page.locator("pre")).to_have_text(re.compile("^mgeprof runner register .*--token mge_"))
    assert await serious_findings(page) == []
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").first.click()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Manage:").first.click()
    await page.get_by_role("button", name="Drain").click()
    await page.get_by_role("button", name="Give it work again").click()
    await expect(page.get_by_role("button", name="Drain")).to_be_visible()
    await page.get_by_label("Labels").fill("quiet")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_contain_text("Saved")
    assert await serious_findings(page) == []
