from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from api.errors.problem import RefusedError
from api.uploads.checks import check_array, check_model
from api.uploads.resources import NewUpload, Upload, UploadKind, UploadResource, UploadState, plain_name
from core.events.ids import AccountId


def an_upload(size: int, part_size: int, state: UploadState = UploadState.OPEN) -> Upload:
    return Upload(
        id=uuid4(),
        owner=AccountId(UUID(int=1)),
        kind=UploadKind.MODEL,
        filename="net.mge",
        size=size,
        sha256="0" * 64,
        part_size=part_size,
        state=state,
        resource_id=uuid4(),
        expires_at=datetime.now(UTC),
    )


@given(st.integers(1, 10**13), st.integers(1024, 2**26))
def test_the_parts_make_the_file(size: int, part_size: int) -> None:
    upload = an_upload(size, part_size)
    last = upload.length_of(upload.parts_total)
    assert 0 < last <= part_size
    assert (upload.parts_total - 1) * part_size + last == size


def test_what_an_upload_became_is_told_at_its_end_only() -> None:
    open_, complete = an_upload(5, 2), an_upload(5, 2, UploadState.COMPLETE)
    assert UploadResource.of(open_, [3, 1]).resource_id is None
    assert UploadResource.of(open_, [3, 1]).parts_done == [1, 3]
    assert UploadResource.of(complete, []).resource_id == complete.resource_id
    assert UploadResource.of(complete, []).parts_done == [1, 2, 3]


@given(st.text(max_size=60))
def test_names_are_one_printable_step(name: str) -> None:
    try:
        plain = plain_name(name)
    except ValueError:
        return
    assert plain.isprintable()
    assert "/" not in plain
    assert "\\" not in plain
    assert plain == plain.strip() != ""
    assert plain_name(plain) == plain


@pytest.mark.parametrize("changed", [{"sha256": "abc"}, {"size": -1}, {"kind": "dataset"}, {"more": 1}])
def test_announcements_are_checked(changed: dict[str, object]) -> None:
    good = {"kind": "model", "filename": "net.mge", "size": 5, "sha256": "a" * 64}
    NewUpload.model_validate(good)
    with pytest.raises(ValidationError):
        NewUpload.model_validate(good | changed)


@pytest.mark.parametrize(
    ("first_bytes", "size", "code"),
    [
        (b"\x80\x04\x95", 100, "not_a_model_pickle"),
        (b"PK\x03\x04", 100, "not_a_model"),
        (b"\x00\x01\x00\x00\x00\x00\x00\x00mgv2", 100, "model_truncated"),
    ],
)
def test_models_are_told_by_their_first_bytes(first_bytes: bytes, size: int, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        check_model(first_bytes, size)
    assert refused.value.code == code


def test_a_graph_passes() -> None:
    check_model(b"\x08\x00\x00\x00\x00\x00\x00\x00mgv2", 12)


def test_an_array_that_holds_objects_is_refused() -> None:
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    with pytest.raises(RefusedError) as refused:
        check_array(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header, 100)
    assert refused.value.code == "not_an_npy"
