import pytest

from core.events.ids import Platform
from core.events.values import ProfileOptions
from core.options.explanations import EXPLANATIONS
from core.options.table import EXCLUSIVE, LAYOUTS, LIMITS, LOAD_AND_RUN, WHEEL, problems
from runner.engine.handover import WATCHED_OUTSIDE


def test_every_option_is_explained_and_every_entry_names_one() -> None:
    names = set(ProfileOptions.model_fields)
    assert set(EXPLANATIONS) == names
    assert {limit.option for limit in LIMITS} <= names
    assert {name for group in EXCLUSIVE for name in group} <= names


def test_a_worker_gets_every_option_but_the_limits_of_time() -> None:
    assert set(ProfileOptions.model_fields) > WATCHED_OUTSIDE


def test_what_is_not_chosen_is_no_problem() -> None:
    assert problems(ProfileOptions(), Platform.X86, {WHEEL, LOAD_AND_RUN}) == []
    assert problems(ProfileOptions(nchw88=True, fast_run=True), Platform.X86, {WHEEL}) == []
    # Accepted with a remark.
    assert problems(ProfileOptions(nchw4=True), Platform.X86, {WHEEL}) == []


def test_a_choice_that_cannot_work_is_named_with_its_reason() -> None:
    (found,) = problems(ProfileOptions(threads=2), Platform.X86, {WHEEL})
    assert found.option == "threads"
    assert "one thread" in found.reason
    assert problems(ProfileOptions(threads=2), Platform.X86, {LOAD_AND_RUN}) == []
    # A task may go to any runner that offers the version, so each driver has to know the option.
    assert problems(ProfileOptions(threads=2), Platform.X86, {WHEEL, LOAD_AND_RUN}) == [found]


@pytest.mark.parametrize("group", EXCLUSIVE)
def test_of_some_only_one_may_be_chosen(group: tuple[str, ...]) -> None:
    for second in group[1:]:
        options = ProfileOptions.model_validate({group[0]: True, second: True})
        assert second in {problem.option for problem in problems(options, Platform.ARM, {LOAD_AND_RUN})}
    all_of_them = ProfileOptions.model_validate(dict.fromkeys(LAYOUTS, True))
    assert len(problems(all_of_them, Platform.ARM, {LOAD_AND_RUN})) == len(LAYOUTS) - 1
