from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest
import stamina

from runner.transfer import Transfer
from tests.integration.runner.objects import Objects


@pytest.fixture
async def objects() -> AsyncIterator[Objects]:
    async with Objects().serving() as serving:
        yield serving


@pytest.fixture
async def transfer() -> AsyncIterator[Transfer]:
    async with httpx2.AsyncClient(timeout=httpx2.Timeout(10.0)) as client:
        yield Transfer(client)


@pytest.fixture
def impatient() -> Iterator[None]:
    """Retries without their pauses."""
    with stamina.set_testing(True, attempts=5):
        yield
