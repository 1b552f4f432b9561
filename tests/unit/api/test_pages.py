"""The dashboard's files: what is found, what is not, and what a browser is told about them."""

import gzip
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from api.web.pages import CSRF_COOKIE, PagesMount

CSRF = "mgeprof_csrf_12345678"
PAGE = f"<!doctype html>{CSRF_COOKIE % CSRF}<title>mgeprof</title>"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("not to be served")
    (tmp_path / "dist" / "index.html").write_text(PAGE.replace(CSRF, ""))
    script = tmp_path / "dist" / "assets" / "index-abc.js"
    script.write_text("run();")
    script.with_name("index-abc.js.gz").write_bytes(gzip.compress(b"run();"))
    return tmp_path / "dist"


@pytest.fixture
def http(dist: Path) -> httpx2.AsyncClient:
    app = FastAPI()

    @app.get("/api/v1/tasks")
    async def tasks() -> list[str]:
        return []

    app.router.routes.append(PagesMount(CSRF, dist))
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://mgeprof")


@pytest.mark.parametrize("path", ["/", "/runs", "/runs/0199/operators", "/index.html"])
async def test_every_page_is_the_one_page(http: httpx2.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["cache-control"] == "no-cache"
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/api", "/api/v1/taskz", "/healthz/x", "/metrics/x", "/assets/index-old.js"])
async def test_what_is_no_page_is_not_found(http: httpx2.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == 404


async def test_a_path_of_the_api_refuses_other_methods_by_itself(http: httpx2.AsyncClient) -> None:
    answer = await http.delete("/api/v1/tasks")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert (await http.post("/runs")).status_code == 405


async def test_hashed_files_are_kept_for_ever_and_sent_compressed(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/assets/index-abc.js", headers={"Accept-Encoding": "gzip"})
    assert answer.text == "run();"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["vary"] == "Accept-Encoding"
    plain = await http.get("/assets/index-abc.js", headers={"Accept-Encoding": "identity"})
    assert (plain.text, plain.headers.get("content-encoding")) == ("run();", None)


async def test_a_file_is_not_sent_twice(http: httpx2.AsyncClient) -> None:
    first = await http.get("/index.html")
    again = await http.get("/index.html", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/a%00b", "/" + 300 * "a"]
)
async def test_nothing_outside_is_served(http: httpx2.AsyncClient, path: str) -> None:
    assert "not to be served" not in (await http.get(path)).text


async def test_pages_that_are_not_built_say_so(tmp_path: Path) -> None:
    app = FastAPI()
    app.router.routes.append(PagesMount(CSRF, tmp_path / "nothing"))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://mgeprof") as http:
        answer = await http.get("/")
    assert answer.status_code == 503
    assert "make setup" in answer.text
