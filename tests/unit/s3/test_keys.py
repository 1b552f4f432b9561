from uuid import UUID

from core.events.ids import TaskId
from core.s3 import keys

TASK = TaskId(UUID("01890a5d-ac96-774b-bcce-b302099a8057"))
DIGEST = "ab" * 32


def test_keys_stand_where_runners_and_people_expect_them() -> None:
    assert keys.model(DIGEST) == f"models/{DIGEST}/file"
    assert keys.input_(DIGEST) == f"inputs/{DIGEST}/file"
    assert keys.artifact(TASK, 2, "profile.json") == f"artifacts/{TASK}/2-profile.json"
    assert keys.request(TASK) == f"artifacts/{TASK}/0-request.json"
    assert keys.upload_part(TASK, 3) == f"uploads/{TASK}/3/file"


def test_no_key_lies_below_another() -> None:
    made = [
        keys.model(DIGEST),
        keys.artifact(TASK, 1, "log.txt"),
        keys.upload_part(TASK, 1),
        keys.upload_part(TASK, 11),
    ]
    assert not any(other.startswith(f"{key}/") for key in made for other in made)
