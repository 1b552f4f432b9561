"""The command lines of MegEngine's own tools that come nearest to a run of ours."""

import shlex
from collections.abc import Iterable

from core.events.ids import Platform
from core.events.values import ProfileOptions
from core.options.table import LAYOUTS

_PLAIN = ("fast_run", "full_run", "reproducible", "weight_preprocess")
_ENABLED = (*LAYOUTS, "fuse_conv_bias_nonlinearity", "fuse_conv_bias_with_z", "ioc16", "io16xc32")


def load_and_run(options: ProfileOptions, inputs: Iterable[str], platform: Platform) -> str | None:
    """With the model as ``model.mge`` and each input as ``NAME.npy``. None for options that it does not have."""
    if options.io16xc32 or options.batch_size is not None:
        return None
    words = ["load_and_run", "model.mge"]
    if platform is Platform.CUDA:
        words.append("--cuda")
    else:
        words += ["--cpu"] if options.threads == 1 else ["--multithread", str(options.threads)]
    words += ["--iter", str(options.iterations), "--warmup_iter", str(options.warmup)]
    words += [f"--{name}" for name in _PLAIN if getattr(options, name)]
    words += [f"--enable_{name}" for name in _ENABLED if getattr(options, name)]
    if options.workspace_limit is not None:
        words += ["--workspace_limit", str(options.workspace_limit)]
    if files := ";".join(f"{name}:{name}.npy" for name in inputs):
        words += ["--input", files]
    return shlex.join([*words, "--profile", "profile.json"])


def load_network_and_run(options: ProfileOptions, output_names: Iterable[str] = ()) -> str | None:
    """With the model as ``model.mge`` and the inputs in ``inputs.pkl``: ``megengine.save({name: array, …}, "inputs.pkl")``.

    None for what the tool of MegEngine 1.13.0 cannot do: its ``--fast-run`` times all algorithms (our ``full_run``), and its ``--reproducible`` ends with an error.
    """
    if options.fast_run or options.reproducible or options.threads != 1 or options.workspace_limit is not None:
        return None
    if options.nchw64:  # the engine has it, the tool has no switch for it
        return None
    words = ["python", "-m", "megengine.tools.load_network_and_run", "model.mge", "--load-input-data", "inputs.pkl"]
    words += ["--iter", str(options.iterations), "--warm-up", str(options.warmup)]
    words += ["--fast-run"] if options.full_run else []
    words += ["--weight-preprocess"] if options.weight_preprocess else []
    words += ["--batchsize", str(options.batch_size)] if options.batch_size is not None else []
    words += ["--calc-output-rms"] if options.output_rms else []
    words += ["--output-name", *names] if (names := tuple(output_names)) else []
    if switches := [name for name in _ENABLED if getattr(options, name)]:
        words.append("--optimize-for-inference")
        words += [f"--enable-{name.replace('nhwcd4', 'hwcd4').replace('_', '-')}" for name in switches]
    return shlex.join([*words, "--profile", "profile.json"])
