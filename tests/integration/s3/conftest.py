from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from core.s3.settings import S3Settings
from core.s3.store import ObjectStore
from infra.embedded.services import Services


@pytest.fixture
def s3_settings(services: Services, bucket: str) -> S3Settings:
    known = services.environment
    return S3Settings(
        endpoint=known["MGEPROF_S3_ENDPOINT"],
        bucket=bucket,
        access_key=SecretStr(known["MGEPROF_S3_ACCESS_KEY"]),
        secret_key=SecretStr(known["MGEPROF_S3_SECRET_KEY"]),
    )


@pytest.fixture
async def store(s3_settings: S3Settings) -> AsyncIterator[ObjectStore]:
    async with ObjectStore.open(s3_settings) as store:
        await store.ensure_bucket()
        yield store
