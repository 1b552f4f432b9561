from core.domain.model import MODEL, Delete, Upload
from core.events import model
from tests.unit.domain.spec import given

UPLOADED = model.Uploaded(sha256="a" * 64, size=10)


def test_a_model_is_uploaded_once() -> None:
    given(MODEL).when(Upload(UPLOADED)).then(UPLOADED)
    given(MODEL, UPLOADED).when(Upload(UPLOADED)).then_refused("model_exists")


def test_what_is_deleted_is_gone() -> None:
    given(MODEL, UPLOADED).when(Delete()).then(model.Deleted())
    given(MODEL, UPLOADED, model.Deleted()).when(Delete()).then_refused("model_unknown")
    given(MODEL).when(Delete()).then_refused("model_unknown")
