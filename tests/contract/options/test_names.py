"""The client imports nothing of ours: that its flags are the api's options is held here."""

from typer.utils import get_params_from_function

from client.cli.run_options import FLAGS
from client.cli.submit import submit
from core.events.values import ProfileOptions


def test_every_option_has_a_flag_of_its_name() -> None:
    assert list(FLAGS) == list(ProfileOptions.model_fields)
    assert set(FLAGS) < set(get_params_from_function(submit))


def test_flags_take_what_the_options_take() -> None:
    chosen = {name: flag.kind(flag.least or 1) for name, flag in FLAGS.items()}
    assert ProfileOptions.model_validate(chosen, strict=True).model_dump() == chosen
