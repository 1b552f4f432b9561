"""What can go wrong with an object, and whose move it is."""

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from botocore.exceptions import BotoCoreError, ClientError

_MISSING = {"404", "NoSuchKey", "NotFound"}


class StorageUnavailableError(Exception):
    """The object store did not answer, or refused: try again later."""


class ObjectMissingError(Exception):
    """There is no object under this key."""


class DigestMismatchError(Exception):
    """The bytes are not those that were announced; nothing was stored."""

    def __init__(self, *, expected: str, actual: str) -> None:
        super().__init__(f"the bytes have SHA-256 {actual}, announced was {expected}")
        self.expected, self.actual = expected, actual


@contextmanager
def in_words_of_ours(key: str) -> Iterator[None]:
    """Turn the client library's errors about one key into ours."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            raise ObjectMissingError(f"there is no object {key}") from error
        raise StorageUnavailableError(f"the object store refused {key}: {error}") from error
    except (BotoCoreError, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise StorageUnavailableError(f"the object store did not answer about {key}: {error!r}") from error
