"""Every option in one sentence. The names are the fields of ``ProfileOptions``, in api, SDK and command line alike."""

from typing import Final

EXPLANATIONS: Final = {
    "iterations": "Runs of the clean timing pass; each one's latency is kept.",
    "warmup": "Runs before the timing pass that are not counted.",
    "profiled_passes": "Runs with the engine's profiler attached, after the clean pass.",
    "threads": "CPU threads that the engine computes with (load_and_run --multithread).",
    "batch_size": "First dimension of every input; the data are repeated to fill it.",
    "fast_run": "Choose algorithms by timing the optimised ones, while the model is compiled.",
    "full_run": "Choose algorithms by timing all of them, while the model is compiled.",
    "reproducible": "Only algorithms that give the same bits every time.",
    "weight_preprocess": "Transform weights once instead of in every run; takes more memory.",
    "nchw4": "Layout NCHW4, for int8 on NVIDIA GPUs.",
    "nchw44": "Layout NCHW44, for ARM.",
    "nchw44_dot": "Layout NCHW44_DOT, for ARMv8.2 with dot product.",
    "nchw88": "Layout NCHW88, for x86 with AVX.",
    "nchw32": "Layout NCHW32, for int8 on NVIDIA tensor cores.",
    "nchw64": "Layout NCHW64, for int4 on NVIDIA tensor cores.",
    "chwn4": "Layout CHWN4, for int8 on NVIDIA tensor cores.",
    "nhwcd4": "Layout NHWCD4, for OpenCL images.",
    "fuse_conv_bias_nonlinearity": "Make one operator of convolution, bias and nonlinearity.",
    "fuse_conv_bias_with_z": "Make one operator of convolution, bias and an addition; may change results slightly.",
    "ioc16": "float16 between operators and inside them.",
    "io16xc32": "float16 between operators, float32 inside them.",
    "workspace_limit": "Most bytes that an algorithm may use as workspace.",
    "output_dumps": "Keep the outputs as .npy artifacts, 60 MiB altogether at most.",
    "output_rms": "Keep the root mean square of each output.",
    "time_limit_s": "Longest time of one attempt, in seconds.",
    "queue_limit_s": "Longest time in the queue before the task expires, in seconds.",
}
