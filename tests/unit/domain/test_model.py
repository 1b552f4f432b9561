from core.domain.model import MODEL, Upload
from core.domain.ownership import ChangeVisibility, Delete
from core.events import model, ownership
from core.events.ownership import Visibility
from tests.unit.domain.spec import given

TEAM = Visibility.TEAM
UPLOADED = model.Uploaded(sha256="a" * 64, size=10)


def test_a_model_is_uploaded_once() -> None:
    given(MODEL).when(Upload(UPLOADED)).then(UPLOADED)
    given(MODEL, UPLOADED).when(Upload(UPLOADED)).then_refused("model_exists")


def test_what_is_deleted_is_gone() -> None:
    given(MODEL, UPLOADED).when(Delete()).then(ownership.Deleted())
    given(MODEL, UPLOADED, ownership.Deleted()).when(Delete()).then_nothing()
    given(MODEL, UPLOADED, ownership.Deleted()).when(ChangeVisibility(TEAM)).then_refused("model_unknown")
    given(MODEL).when(Delete()).then_refused("model_unknown")


def test_a_model_is_shown_to_the_team_and_hidden_again() -> None:
    shown = ownership.VisibilityChanged(visibility=TEAM)
    given(MODEL, UPLOADED).when(ChangeVisibility(TEAM)).then(shown)
    given(MODEL, UPLOADED, shown).when(ChangeVisibility(TEAM)).then_nothing()
    given(MODEL, UPLOADED, shown).when(ChangeVisibility(Visibility.PRIVATE)).then(
        ownership.VisibilityChanged(visibility=Visibility.PRIVATE)
    )
