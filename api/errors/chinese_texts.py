"""What the api says besides refusing: of single fields and files, of advice, of failures, of waiting and of options; in Chinese, by the English sentence."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    # 请求的字段
    "there is no such type of event": "没有这种事件类型。",
    "the name must be printable, on one line": "名称只能有可打印的字符，且在一行之内。",
    "the name has no printable character": "名称没有可打印的字符。",
    "a platform, engine or option set stands there twice": "平台、引擎或选项组重复出现。",
    "this makes {count} tasks; a sweep has at most {most}": "这样会有 {count} 个任务；一次扫描最多 {most} 个。",
    "a tag has 1 to {longest} letters": "标签有 1 到 {longest} 个字符。",
    "a tag must be printable, and has no comma": "标签只能有可打印的字符，且不能有逗号。",
    "letters that cannot be seen are not allowed": "不允许不可见的字符。",
    "a name holds no @: that would be an e-mail address": "用户名不能含有 @：那是电子邮件地址。",
    "this is not the public nkey of a user (56 characters that begin with U)": "这不是用户的 nkey 公钥（以 U 开头的 56 个字符）。",
    "low must not be over high": "low 不能大于 high。",
    "This cursor was not given out by this list.": "这个游标不是此列表给出的。",
    "This cursor belongs to a list in another order.": "这个游标属于另一种顺序的列表。",
    "A body may have {most} bytes here.": "此处的请求体最多 {most} 字节。",
    # 输入
    "{file} is no .npz archive, but {format}.": "{file} 不是 .npz 归档，而是 {format}。",
    "Input {name!r} is given as a file, too.": "输入 {name!r} 同时又以文件给出。",
    "There is no file for input {name!r}.": "输入 {name!r} 没有文件。",
    "Input {name!r} is no .npz archive, so it has no keys.": "输入 {name!r} 不是 .npz 归档，因此没有键。",
    "Input {name!r} is unknown to the model.": "模型没有名为 {name!r} 的输入。",
    "Input {name!r} is missing.": "缺少输入 {name!r}。",
    "Input {name!r} has dtype {given}; the model declares {declared}.": "输入 {name!r} 的 dtype 是 {given}；模型声明的是 {declared}。",
    "Input {name!r} has shape {given}; the model declares {declared}.": "输入 {name!r} 的形状是 {given}；模型声明的是 {declared}。",
    "The model's inputs: {inputs}.": "模型的输入：{inputs}。",
    "Give one for each, no more. {inputs}": "请为每个输入各给一份，不要多给。{inputs}",
    # 文件
    "Dump the graph with megengine.jit.trace(symbolic=True, capture_as_const=True) and .dump(path, arg_names=[...]).": (
        "请用 megengine.jit.trace(symbolic=True, capture_as_const=True) 和 .dump(path, arg_names=[...]) 导出计算图。"
    ),
    "The file is empty.": "文件是空的。",
    "The file is a pickle, as megengine.save writes it: it holds parameters and no graph.": (
        "文件是 megengine.save 写出的 pickle：其中只有参数，没有计算图。"
    ),
    "The file does not begin like a dumped MegEngine graph.": "文件的开头不像导出的 MegEngine 计算图。",
    "The file is cut short: it has {size} bytes and says itself that it has {said}. Copy or dump it again.": (
        "文件不完整：它有 {size} 字节，而其自身声明为 {said} 字节。请重新复制或导出。"
    ),
    "The file has {size} bytes, but dtype {dtype} and shape {shape} make {said}.": (
        "文件有 {size} 字节，而 dtype {dtype} 与形状 {shape} 应为 {said} 字节。"
    ),
    "The file is not a .npy array (numpy.save writes one).": "文件不是 .npy 数组（numpy.save 写出的）。",
    "The .npy format version {version} is not known.": "未知的 .npy 格式版本 {version}。",
    "The .npy header is cut short or far longer than a plain array needs.": ".npy 文件头不完整，或远超普通数组所需的长度。",
    "The .npy header cannot be read.": "无法读取 .npy 文件头。",
    "The .npy header lacks its fields.": ".npy 文件头缺少字段。",
    "The .npy header has no valid shape.": ".npy 文件头没有有效的形状。",
    "The array holds records; only plain numbers are accepted.": "数组含有记录；只接受普通数字。",
    "The .npy header names no dtype that numpy knows: {dtype!r}.": ".npy 文件头中的 dtype 不为 numpy 所知：{dtype!r}。",
    "The array holds Python objects (a pickle); only plain numbers are accepted.": "数组含有 Python 对象（pickle）；只接受普通数字。",
    "The array's dtype {dtype} is not one of plain numbers (bool, integers, floats).": (
        "数组的 dtype {dtype} 不是普通数字（bool、整数、浮点数）。"
    ),
    # 对分析结果的询问
    "top must not be negative.": "top 不能为负数。",
    "Cannot sort by {sort!r}. Known: {known}; with - before it from the largest down.": (
        "不能按 {sort!r} 排序。可用：{known}；前面加 - 则从大到小。"
    ),
    "Cannot sort groups by {sort!r}. Known: {known}.": "不能按 {sort!r} 对分组排序。可用：{known}。",
    "{regex!r} is not a regular expression that can be used here: {error}": "{regex!r} 不是此处可用的正则表达式：{error}",
    # 建议
    "{count} batch normalisations run as operators of their own, {share} of the device time.": (
        "{count} 个批归一化作为单独的算子运行，占设备时间的 {share}。"
    ),
    "Call model.eval() before tracing and dump with optimize_for_inference, or fold them into the convolutions.": (
        "请在 trace 之前调用 model.eval() 并以 optimize_for_inference 导出，或把它们并入卷积。"
    ),
    "{count} additions or activations run apart behind convolutions, {share} of the device time.": (
        "{count} 个加法或激活在卷积之后单独运行，占设备时间的 {share}。"
    ),
    "Run with fuse-conv-bias-nonlinearity, or dump with optimize_for_inference(enable_fuse_conv_bias_nonlinearity=True).": (
        "请以 fuse-conv-bias-nonlinearity 运行，或以 optimize_for_inference(enable_fuse_conv_bias_nonlinearity=True) 导出。"
    ),
    "{count} operators with {share} of the device time reach less than a tenth of what the device can do.": (
        "{count} 个算子（占设备时间的 {share}）不到设备能力的十分之一。"
    ),
    "Try fast-run (it picks algorithms by measuring), a blocked layout, or weight preprocessing.": (
        "请尝试 fast-run（通过测量选择算法）、分块布局或权重预处理。"
    ),
    "{share} of the end-to-end time is not in any operator.": "端到端时间的 {share} 不在任何算子中。",
    "It goes into copying inputs and outputs and into dispatch: compare host and device time, and try larger batches.": (
        "它用于拷贝输入输出和派发：请对比主机与设备时间，并尝试更大的批量。"
    ),
    "{share} of the device time goes into changing layouts, shapes and types.": "设备时间的 {share} 用于改变布局、形状和类型。",
    "Look for transposes and casts between layers; with a blocked layout (nchw44, nchw88) try the run without it.": (
        "请查找层间的转置和类型转换；若使用分块布局（nchw44、nchw88），请尝试不用它运行。"
    ),
    "The run is noisy: latencies from {least_ms:.3g} to {most_ms:.3g} ms, {count} operators that differ between passes.": (
        "运行波动较大：延迟从 {least_ms:.3g} 到 {most_ms:.3g} 毫秒，{count} 个算子在各遍之间不一致。"
    ),
    "Measure again with more iterations and passes, on a machine that does nothing else, with a fixed frequency.": (
        "请在没有其他负载、频率固定的机器上，以更多迭代和遍数重新测量。"
    ),
    "{name} ({type}) alone takes {share} of the device time.": "仅 {name}（{type}）就占设备时间的 {share}。",
    "Only this operator is worth work: try another algorithm (fast-run), layout or shape for it first.": (
        "只有这个算子值得优化：请先为它尝试其他算法（fast-run）、布局或形状。"
    ),
    "With the profiler the model took {share} longer: short operators look longer than they are.": (
        "带分析器时模型多用了 {share} 的时间：短算子看起来比实际更长。"
    ),
    "Trust the end-to-end time for totals, and shares of long operators; do not add up short ones.": (
        "总时间请以端到端时间为准，长算子的占比可信；不要把短算子相加。"
    ),
    "{count} of {all} operators take at most 20 µs each, {share} of the device time: dispatch dominates.": (
        "{all} 个算子中有 {count} 个各自不超过 20 µs，占设备时间的 {share}：派发占主导。"
    ),
    "Use larger batches, or fuse elementwise operators, so that each kernel has more to do.": (
        "请用更大的批量，或融合逐元素算子，使每个内核做更多的事。"
    ),
    "The same model with {options} was {ratio:.1f}x faster in run {run}.": "同一模型以 {options} 在运行 {run} 中的速度是这里的 {ratio:.1f} 倍。",
    "Choose these options; compare the two runs to see which operators they change.": "请选择这些选项；对比两次运行可看到它们改变了哪些算子。",
    # 任务为何失败
    "The engine could not load this model.": "引擎无法加载这个模型。",
    "Dump the graph again with trace(...) and .dump(path, arg_names=[...]), with an engine no newer than the one chosen.": (
        "请用不比所选版本更新的引擎，以 trace(...) 和 .dump(path, arg_names=[...]) 重新导出计算图。"
    ),
    "The input data does not fit the model.": "输入数据与模型不符。",
    "Give data for each input of the model, in the shape and dtype that it declares: .npy, .npz, an image, JSON, or random.": (
        "请为模型的每个输入提供数据，形状和 dtype 与其声明一致：.npy、.npz、图像、JSON 或随机数据。"
    ),
    "This engine or device cannot do what was asked.": "这个引擎或设备做不到所要求的。",
    "Choose another platform, engine version or option.": "请选择其他平台、引擎版本或选项。",
    "The engine crashed while it ran this model.": "引擎在运行这个模型时崩溃。",
    "The log's last lines may tell which operator; if the same model runs by hand with this engine, report it to MegEngine.": (
        "日志的最后几行可能指出是哪个算子；若同一模型用该引擎手动运行正常，请向 MegEngine 报告。"
    ),
    "The model needs more memory than the runner allows.": "模型需要的内存超过运行器所允许的。",
    "Use smaller inputs or a smaller batch, or a runner with more memory.": "请用较小的输入或批量，或内存更大的运行器。",
    "The run took longer than its time limit.": "运行超过了时间上限。",
    "Ask for fewer iterations, or raise time_limit_s.": "请减少迭代次数，或提高 time_limit_s。",
    "The run wrote more output than is allowed.": "运行写出的内容超过了上限。",
    "Look at the kept part of the log; a model that prints in a loop cannot be profiled.": (
        "请查看保留下来的日志；不断打印的模型无法被测量。"
    ),
    "Three runners in a row were lost while they ran this task.": "连续三个运行器在运行此任务时失联。",
    "If other tasks of these runners end well, the model takes the runner down with it; else have the runners looked at.": (
        "如果这些运行器的其他任务正常结束，则是模型使运行器失联；否则请让人检查运行器。"
    ),
    "The runner could not read from or write to the object store.": "运行器无法读写对象存储。",
    "Retry the task; if it happens again, the object store needs attention.": "请重试任务；若再次发生，则需检查对象存储。",
    "Something went wrong inside mgeprof.": "mgeprof 内部出错。",
    "Retry the task; if it happens again, report it together with the task's id.": "请重试任务；若再次发生，请连同任务编号一起报告。",
    # 任务为何在等待
    "It does not wait for a runner.": "它不在等待运行器。",
    "Its model took runners down after the task was submitted. Cancel it; or the model's owner submits another with despite_losses: once that has completed, this one goes on.": (
        "提交之后，它的模型使运行器失联。请取消；或由模型所有者以 despite_losses 再提交一次：那一次完成后，这一次会继续。"
    ),
    "As many of your tasks run as may at once. It goes on when one of them ends.": "您同时运行的任务已达上限；其中一个结束后会继续。",
    "A runner is free and will take it, unless another task goes first.": "有空闲的运行器，会接下它，除非另一个任务先行。",
    "Runners that can take it work on others. It goes on when one is free.": "能接它的运行器正在处理其他任务；有空闲时会继续。",
    "Runners that could take it are drained: their owners have to resume them.": "能接它的运行器已停止接收任务：需由其所有者恢复。",
    "Runners that could take it are disabled: their owners have to enable them.": "能接它的运行器已停用：需由其所有者启用。",
    "Runners that could take it are not there. Start one, or cancel and ask for another device.": (
        "能接它的运行器不在线。请启动一个，或取消后选择其他设备。"
    ),
    "You may not use the runner any more. Ask its owner for a grant, or cancel and ask for another device.": (
        "您不能再使用该运行器。请向其所有者申请授权，或取消后选择其他设备。"
    ),
    "Runners that could take it have no sandbox, and take only their owners' tasks. Their owners have to install bubblewrap; or cancel and ask for another device.": (
        "能接它的运行器没有沙箱，只接其所有者的任务。需由其所有者安装 bubblewrap；或取消后选择其他设备。"
    ),
    "No runner is as asked for. Cancel, and ask for another engine, label or device.": (
        "没有符合要求的运行器。请取消，然后选择其他引擎、标签或设备。"
    ),
    # 选项为何不能用
    "Only one of {names} can be chosen.": "{names} 只能选择其中之一。",
    "Outputs cannot be chosen by name with load_and_run.": "使用 load_and_run 时不能按名称选择输出。",
    "The Python wheel computes with one thread: its multithread device ends with an assertion (dev_tensor_valid). Choose 1.": (
        "Python 包只用一个线程计算：其多线程设备会以断言（dev_tensor_valid）结束。请选择 1。"
    ),
    "The Python wheel has no way to set it.": "Python 包无法设置它。",
    "This layout is for OpenCL images; on x86 the engine has no operators for the converted graph.": (
        "这种布局用于 OpenCL 图像；在 x86 上引擎没有转换后计算图的算子。"
    ),
    "accepted on x86, but no layout changes there: only the fusion that comes with it happens": (
        "在 x86 上可以选择，但布局不变：只进行随之而来的融合。"
    ),
    "float16 is emulated on x86: expect many times the latency.": "x86 上的 float16 是模拟的：延迟会是数倍。",
    "load_and_run has no such switch.": "load_and_run 没有这个开关。",
    "load_and_run's own dumps of outputs are not read.": "不读取 load_and_run 自己导出的输出。",
    "load_and_run takes the batch of its input files.": "load_and_run 使用输入文件的批量。",
    # 选项
    "Runs of the clean timing pass; each one's latency is kept.": "纯计时的运行次数；每次的延迟都会保留。",
    "Runs before the timing pass that are not counted.": "计时之前、不计入的运行次数。",
    "Runs with the engine's profiler attached, after the clean pass.": "纯计时之后，带引擎分析器的运行次数。",
    "CPU threads that the engine computes with (load_and_run --multithread).": "引擎计算所用的 CPU 线程数（load_and_run --multithread）。",
    "First dimension of every input; the data are repeated to fill it.": "每个输入的第一维；数据会重复以填满。",
    "Choose algorithms by timing the optimised ones, while the model is compiled.": "编译模型时，对优化过的算法计时并从中选择。",
    "Choose algorithms by timing all of them, while the model is compiled.": "编译模型时，对所有算法计时并从中选择。",
    "Only algorithms that give the same bits every time.": "只用每次结果逐位相同的算法。",
    "Transform weights once instead of in every run; takes more memory.": "权重只变换一次，而不是每次运行都变换；占用更多内存。",
    "Layout NCHW4, for int8 on NVIDIA GPUs.": "布局 NCHW4，用于 NVIDIA GPU 上的 int8。",
    "Layout NCHW44, for ARM.": "布局 NCHW44，用于 ARM。",
    "Layout NCHW44_DOT, for ARMv8.2 with dot product.": "布局 NCHW44_DOT，用于带点积指令的 ARMv8.2。",
    "Layout NCHW88, for x86 with AVX.": "布局 NCHW88，用于带 AVX 的 x86。",
    "Layout NCHW32, for int8 on NVIDIA tensor cores.": "布局 NCHW32，用于 NVIDIA 张量核上的 int8。",
    "Layout NCHW64, for int4 on NVIDIA tensor cores.": "布局 NCHW64，用于 NVIDIA 张量核上的 int4。",
    "Layout CHWN4, for int8 on NVIDIA tensor cores.": "布局 CHWN4，用于 NVIDIA 张量核上的 int8。",
    "Layout NHWCD4, for OpenCL images.": "布局 NHWCD4，用于 OpenCL 图像。",
    "Make one operator of convolution, bias and nonlinearity.": "把卷积、偏置和非线性合成一个算子。",
    "Make one operator of convolution, bias and an addition; may change results slightly.": "把卷积、偏置和一次加法合成一个算子；结果可能略有变化。",
    "float16 between operators and inside them.": "算子之间与算子内部都用 float16。",
    "float16 between operators, float32 inside them.": "算子之间用 float16，内部用 float32。",
    "Most bytes that an algorithm may use as workspace.": "一个算法可用作工作区的最多字节数。",
    "Keep the outputs as .npy artifacts, 60 MiB altogether at most.": "把输出保留为 .npy 文件，总计最多 60 MiB。",
    "Keep the root mean square of each output.": "保留每个输出的均方根。",
    "Longest time of one attempt, in seconds.": "一次尝试的最长时间（秒）。",
    "Longest time in the queue before the task expires, in seconds.": "任务在队列中过期之前的最长时间（秒）。",
}
