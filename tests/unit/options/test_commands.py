import shlex

import pytest

from core.events.ids import Platform
from core.events.values import ProfileOptions
from core.options.commands import load_and_run, load_network_and_run


def test_a_plain_run_by_hand() -> None:
    options = ProfileOptions(iterations=20, warmup=2)
    assert load_and_run(options, ["a", "b"], Platform.X86) == (
        "load_and_run model.mge --cpu --iter 20 --warmup_iter 2 --input 'a:a.npy;b:b.npy' --profile profile.json"
    )
    assert load_network_and_run(options) == (
        "python -m megengine.tools.load_network_and_run model.mge --load-input-data inputs.pkl"
        " --iter 20 --warm-up 2 --profile profile.json"
    )


def test_every_switch_is_spelt_as_the_tools_spell_it() -> None:
    options = ProfileOptions(full_run=True, weight_preprocess=True, nhwcd4=True, fuse_conv_bias_with_z=True)
    ours, theirs = load_and_run(options, [], Platform.ARM), load_network_and_run(options)
    assert ours is not None
    assert "--full_run --weight_preprocess --enable_nhwcd4 --enable_fuse_conv_bias_with_z" in ours
    assert theirs is not None
    assert (
        "--fast-run --weight-preprocess --optimize-for-inference --enable-hwcd4 --enable-fuse-conv-bias-with-z"
        in theirs
    )
    threads = load_and_run(ProfileOptions(threads=4, workspace_limit=9), [], Platform.X86)
    assert threads is not None
    assert "--multithread 4" in threads
    assert "--workspace_limit 9" in threads
    cuda = load_and_run(ProfileOptions(), [], Platform.CUDA)
    assert cuda is not None
    assert "--cuda" in cuda


@pytest.mark.parametrize("options", [{"fast_run": True}, {"reproducible": True}, {"threads": 2}, {"nchw64": True}])
def test_what_the_python_tool_cannot_do_has_no_command(options: dict[str, object]) -> None:
    assert load_network_and_run(ProfileOptions.model_validate(options)) is None


def test_a_name_of_an_input_stays_one_word() -> None:
    command = load_and_run(ProfileOptions(), ["x; rm -rf ~", "$(id)"], Platform.X86)
    assert command is not None
    assert "x; rm -rf ~:x; rm -rf ~.npy;$(id):$(id).npy" in shlex.split(command)
