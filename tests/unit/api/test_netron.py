"""Netron's viewer: quiet, and nothing of its wheel but the viewer."""

import httpx2
import pytest
from fastapi import FastAPI

from api.web.netron import MODULES, SPARED, NetronMount


@pytest.fixture
def http() -> httpx2.AsyncClient:
    app = FastAPI()
    app.router.routes.append(NetronMount())
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://mgeprof")


async def test_its_page_has_what_makes_it_quiet(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/netron/")
    assert '<meta name="version" content="0.0.0">' in answer.text
    assert 'name="date"' not in answer.text
    assert answer.headers["set-cookie"].startswith("consent=")
    assert "connect-src 'self';" in answer.headers["content-security-policy"]
    assert "script-src 'self';" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("name", ["megengine.js", "view.js", "grapher.css", "megengine-metadata.json"])
async def test_its_files_are_there(http: httpx2.AsyncClient, name: str) -> None:
    answer = await http.get(f"/netron/{name}")
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_it_fetches_no_other_formats(http: httpx2.AsyncClient) -> None:
    page, script = (await http.get("/netron/")).text, (await http.get("/netron/index.js")).text
    assert page.count('rel="modulepreload"') == len(MODULES)
    assert "'flatbuffers'" in script
    assert "if (document.hasFocus())" in script
    assert "python" not in script
    assert "import" not in (await http.get("/netron/numpy.js")).text
    for name in SPARED:
        answer = await http.get(f"/netron/{name}")
        assert (answer.status_code, answer.content) == (200, b"")
    for name in MODULES:
        assert (await http.get(f"/netron/{name}.js")).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *("__init__.py", "server.py", "../site.py", "%2e%2e/netron/__init__.py", "nothing.js"),
        *("keras.js", "onnx-sim.js", "keras-metadata.json"),
    ],
)
async def test_nothing_else_is(http: httpx2.AsyncClient, path: str) -> None:
    assert (await http.get(f"/netron/{path}")).status_code == 404
