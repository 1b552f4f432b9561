"""What was wrong in the case at hand, in Chinese: by the English template, with the same values in it."""

from typing import Any, Final

from api.errors.chinese_texts import TEXTS
from api.errors.language import asked
from core.domain.told import Sentences

DETAILS: Final[dict[str, str]] = {
    # 身份
    "The request carries no bearer token and no session.": "请求既没有令牌，也没有会话。",
    "The key is not that of an account, was revoked, or is over.": "密钥不属于任何账户、已被撤销，或已过期。",
    "The session was ended.": "会话已结束。",
    "The account {name} is disabled.": "账户 {name} 已停用。",
    "The account is disabled.": "账户已停用。",
    "This needs the scope {scope}; the token has {scopes}.": "这需要权限范围 {scope}；令牌具有：{scopes}。",
    "Only an administrator may do this.": "只有管理员可以这样做。",
    "A key may not do this.": "密钥不能这样做。",
    "Another account has this name.": "另一个账户已使用这个名称。",
    "Another account has this e-mail address.": "另一个账户已使用这个电子邮件地址。",
    "Accounts are made by invitation here.": "此处凭邀请注册。",
    "No accounts are made here.": "此处不开放注册。",
    "There is an administrator already.": "已经有管理员了。",
    "Guests are not let in here.": "此处不接待访客。",
    "The name or the password is wrong.": "用户名或密码错误。",
    "The account was made, and can be used in a moment: log in.": "账户已创建，稍后即可使用：请登录。",
    "The request carries no refresh token.": "请求没有携带刷新令牌。",
    "Such links are made with the token in the home of `mgeprof up`.": "这种链接要用 `mgeprof up` 主目录中的令牌来创建。",
    "The account is gone.": "账户已不存在。",
    "The header {csrf_header} does not hold the value of the cookie {csrf}.": "请求头 {csrf_header} 的值与 Cookie {csrf} 不一致。",
    "Commands do not come from pages of {origin}.": "命令不能来自 {origin} 的页面。",
    "You have not the scope {scopes} yourself.": "您自己没有权限范围 {scopes}。",
    "There is no key {key_id}.": "没有密钥 {key_id}。",
    "More than {item} of {action}.": "{action} 超过了 {item}。",
    "There is no invitation {invitation_id}.": "没有邀请 {invitation_id}。",
    "There is no account {account_id}.": "没有账户 {account_id}。",
    "There is no account {account}.": "没有账户 {account}。",
    "There is no such account.": "没有这个账户。",
    "No SMTP server is configured.": "没有配置 SMTP 服务器。",
    "The link is not valid, was used, or is over.": "链接无效、已被使用，或已过期。",
    "A password has at least {shortest} letters.": "密码至少要有 {shortest} 个字符。",
    "A password has at most {longest_bytes} bytes.": "密码最多 {longest_bytes} 字节。",
    "A password is not the account's name or e-mail address.": "密码不能与账户名或电子邮件地址相同。",
    "The embedded stack's own account stays as it is.": "内置服务自带的账户不能更改。",
    "There is no session {session_id}.": "没有会话 {session_id}。",
    "The present password is wrong.": "当前密码错误。",
    "The refresh token is not that of a session that goes on.": "刷新令牌不属于任何仍在进行的会话。",
    "Another request used the refresh token a moment ago.": "另一个请求刚刚使用了这个刷新令牌。",
    "The refresh token was used before, so its session was ended.": "刷新令牌曾被使用过，因此其会话已被终止。",
    "The access token is over.": "访问令牌已过期。",
    "The bearer token is not that of an account.": "令牌不属于任何账户。",
    "Another administrator has to do this to your account.": "对您的账户，这要由另一位管理员来做。",
    "The installation's own account stays as it is.": "安装自带的账户不能更改。",
    "The installation's own account cannot be deleted.": "安装自带的账户不能删除。",
    "You are the only administrator: make somebody else one first.": "您是唯一的管理员：请先让别人成为管理员。",
    "This account was registered already.": "这个账户已经注册过。",
    # 共享
    "{what} belongs to somebody else; you may look at it.": "{what} 属于别人；您可以查看。",
    "The link opens nothing here: it is over, was revoked, or leads elsewhere.": "链接在此不起作用：它已过期、已被撤销，或指向别处。",
    "This link is over, was revoked, or never was.": "这个链接已过期、已被撤销，或从未存在。",
    "Sweep {sweep_id} has no link {link_id}.": "扫描 {sweep_id} 没有链接 {link_id}。",
    "Task {task_id} has no link {link_id}.": "任务 {task_id} 没有链接 {link_id}。",
    # 上传
    "The key belongs to the upload of another file.": "这个键已用于另一个文件的上传。",
    "{filename} has no bytes.": "{filename} 是空文件。",
    "{filename} has {size} bytes; an upload of a {kind} may have {limit}.": "{filename} 有 {size} 字节；{kind} 的上传最多 {limit} 字节。",
    "The upload is complete; it takes no more parts.": "上传已完成，不再接受分块。",
    "The upload has {parts_total} parts; there is no part {number}.": "上传有 {parts_total} 个分块，没有第 {number} 块。",
    "Part {number} has {length} bytes; {came} came.": "第 {number} 块应有 {length} 字节，收到 {came} 字节。",
    "There is no upload {upload_id}.": "没有上传 {upload_id}。",
    "{count} of {parts_total} parts are missing: {named}.": "{parts_total} 个分块中缺少 {count} 个：{named}。",
    "The bytes that came have the SHA-256 {actual}; announced was {expected}.": "收到内容的 SHA-256 是 {actual}；声明的是 {expected}。",
    "The file is not a .npy array (numpy.save writes one), and not a .npz archive, an image (PNG, JPEG, PPM) or JSON with a list.": "文件不是 .npy 数组（numpy.save 写出的），也不是 .npz 归档、图像（PNG、JPEG、PPM）或含有列表的 JSON。",
    # 模型、输入、数据集
    "There is no model {id}.": "没有模型 {id}。",
    "There is no such model.": "没有这个模型。",
    "This model was uploaded already.": "这个模型已经上传过。",
    "There is no input {input_id}.": "没有输入 {input_id}。",
    "Input {input_id} belongs to somebody else.": "输入 {input_id} 属于别人。",
    "Input {input_id} is a part of {count} dataset(s): {names}.": "输入 {input_id} 属于 {count} 个数据集：{names}。",
    "{count} passwords are being looked at.": "正在处理 {count} 个密码。",
    "The key belongs to another key that was made, or revoked since.": "该键属于另一个已创建或已撤销的密钥。",
    "The key belongs to another link, or to one that was used since.": "该键属于另一个链接，或属于已被使用的链接。",
    "The key belongs to another token, or to one that was used since.": "该键属于另一个令牌，或属于已被使用的令牌。",
    "There is no dataset {id}.": "没有数据集 {id}。",
    "There is no such dataset.": "没有这个数据集。",
    "You have a dataset {name!r} already.": "您已经有名为 {name!r} 的数据集。",
    "There is no example file {name!r}.": "没有示例文件 {name!r}。",
    "Have model {model_id} inspected again.": "请重新检查模型 {model_id}。",
    "No inspection has left model {model} without its values; its file is there with them.": "没有检查留下不含数值的模型 {model}；含数值的文件仍可下载。",
    "The inspection of model {model}, task {last}, is {how}.": "模型 {model} 的检查（任务 {last}）状态为 {how}。",
    "Nobody has asked for an inspection of model {model} yet.": "还没有人请求检查模型 {model}。",
    "The key belongs to another command.": "这个键已用于另一个命令。",
    "No runner can inspect models yet.": "还没有能检查模型的运行器。",
    # 项目与标签
    "There is no project {project}.": "没有项目 {project}。",
    "There is no such project.": "没有这个项目。",
    "This project was made already.": "这个项目已经创建过。",
    "Project {project} is archived.": "项目 {project} 已归档。",
    "You have a project {called!r} already.": "您已经有名为 {called!r} 的项目。",
    "This would make {count} tags; there is room for {most_tags}.": "这样会有 {count} 个标签；最多 {most_tags} 个。",
    # 任务与结果
    "There is no task {task}.": "没有任务 {task}。",
    "There is no such task.": "没有这个任务。",
    "This task was submitted already.": "这个任务已经提交过。",
    "The key belongs to the submission of another task.": "这个键已用于另一个任务的提交。",
    "The key belongs to the submission of another sweep.": "这个键已用于另一次扫描的提交。",
    "There is no sweep {sweep_id}.": "没有扫描 {sweep_id}。",
    "The task is {status}. Cancel it first, then delete.": "任务状态为 {status}。请先取消，再删除。",
    "The task is {status}, it does not wait for a runner.": "任务状态为 {status}，并不在等待运行器。",
    "The task has ended already: {status}. There is nothing left to cancel.": "任务已经结束：{status}。没有什么可取消的了。",
    "The task is {status}; it has no profile to analyse again.": "任务状态为 {status}；没有可重新分析的结果。",
    "The next attempt is {next_attempt}, not {attempt}.": "下一次尝试是第 {next_attempt} 次，不是第 {attempt} 次。",
    "Attempt {attempt} of task {task} has not begun.": "任务 {task} 的第 {attempt} 次尝试尚未开始。",
    "Nothing had happened to the task by place {sequence} in the log.": "到日志的位置 {sequence} 为止，该任务还没有发生任何事。",
    "Attempt {attempt} was never given to runner {runner_id}.": "第 {attempt} 次尝试从未交给运行器 {runner_id}。",
    "A task of the kind {kind} does not end with {type}.": "{kind} 类任务不会以 {type} 结束。",
    "Task {task} is {state}; its profile comes when it has completed.": "任务 {task} 状态为 {state}；完成之后才有分析结果。",
    "Task {task} has {state}; it left no profile.": "任务 {task} 状态为 {state}，没有留下分析结果。",
    "These runs have more than {most} operators together: compare fewer at once.": "这些运行总共有超过 {most} 个算子：请一次少比较几个。",
    "Task {task} left no profile.": "任务 {task} 没有留下分析结果。",
    "The profile of task {task_id} has no timeline.": "任务 {task_id} 的分析结果中没有时间线。",
    "The profile of task {task_id} has no memory.": "任务 {task_id} 的分析结果中没有内存信息。",
    "Task {id} kept no outputs.": "任务 {id} 没有保留输出。",
    "The outputs of task {id} cannot be read.": "无法读取任务 {id} 的输出。",
    "The kept arrays of output {name!r} are not what they are said to be.": "输出 {name!r} 所保留的数组与其说明不符。",
    "Task {task} has no artifact {name!r}.": "任务 {task} 没有文件 {name!r}。",
    "This is an inspection: POST /api/v1/models/{{id}}/inspect asks for another.": "这是一次检查：用 POST /api/v1/models/{{id}}/inspect 再次检查。",
    "The scheduler did not answer in time.": "调度器没有及时响应。",
    "{tasks} of {limit} tasks were submitted in the last 24 hours; the next one fits in {again} s.": "过去 24 小时已提交 {limit} 个任务中的 {tasks} 个；{again} 秒之后可再提交。",
    "{stored} of {limit} bytes are used; this file has {size}.": "已使用 {limit} 字节中的 {stored} 字节；此文件有 {size} 字节。",
    "Sequence {sequence} was not reached within {patience_s:g} s.": "{patience_s:g} 秒之内没有到达序号 {sequence}。",
    "It is done, and will show in a moment.": "已经完成，稍后即可看到。",
    # 设备
    "There is no runner {id}.": "没有运行器 {id}。",
    "The runner {id} is administered by others.": "运行器 {id} 由别人管理。",
    "You may see this runner, but not use it.": "您可以看到这个运行器，但不能使用它。",
    "No runner has the platform {platform}. There is: {platforms}.": "没有平台为 {platform} 的运行器。现有：{platforms}。",
    "No runner has MegEngine {engine} on {platform}. There is: {versions}.": "在 {platform} 上没有提供 MegEngine {engine} 的运行器。现有：{versions}。",
    "No runner has MegEngine {engine} on {platform}.": "在 {platform} 上没有提供 MegEngine {engine} 的运行器。",
    "{tasks} tasks with this model lost three runners each, and none has completed since.": "该模型的 {tasks} 个任务各使三个运行器失联，此后没有一次运行完成。",
    "No device has the label {label}.": "没有设备带有标签 {label}。",
    "No device with MegEngine {engine} on {platform} is as asked for.": "在 {platform} 上提供 MegEngine {engine} 的设备都不符合要求。",
    "Only administrators make runners public or private, or hand them on.": "只有管理员可以更改运行器的公开与私有，或转交运行器。",
    "Only administrators let public runners in.": "只有管理员可以接入公开的运行器。",
    "Only administrators let runners in here.": "此处只有管理员可以接入运行器。",
    "There is no enrolment {enrolment_id}.": "没有注册令牌 {enrolment_id}。",
    "The token was used, revoked, or has expired.": "令牌已被使用、已被撤销，或已过期。",
    "This runner was removed; its credentials are void.": "这个运行器已被移除，其凭据作废。",
    "This runner was never enrolled.": "这个运行器从未注册。",
    # webhook
    "This server has no key to keep secrets with.": "此服务器没有用于保存密钥的密钥。",
    "Its secret was sealed with another key.": "它的密钥是用另一个密钥加密的。",
    "Task {task} was given no {name!r}.": "任务 {task} 没有名为 {name!r} 的所给文件。",
    "{name!r} of task {task} was deleted.": "任务 {task} 的 {name!r} 已被删除。",
    "Guests have no webhooks.": "访客没有 webhook。",
    "An account has at most {most} webhooks.": "一个账户最多有 {most} 个 webhook。",
    "The key belongs to another webhook.": "这个键属于另一个 webhook。",
    "There is no webhook {webhook_id}.": "没有 webhook {webhook_id}。",
    "Receivers are spoken to with https here.": "此处只通过 https 与接收方通信。",
    "{address} is not on the public internet.": "{address} 不在公共互联网上。",
    "Several replays of this webhook are under way.": "该 webhook 已有多个重放正在进行。",
    "The webhook {webhook} is disabled.": "webhook {webhook} 已停用。",
    "There is no delivery {delivery_id}.": "没有投递 {delivery_id}。",
    "an address with a name or a password in it is shown to everybody who sees the webhook": "地址中的用户名或密码会被所有能看到该 webhook 的人看到",
    "what stands behind the # is never sent": "# 之后的内容不会被发送",
}
QUOTED: Final[dict[str, str]] = {
    "{told} {inputs}": "{told}{inputs}",
    "{what} {how}": "{what}{how}",
    "{option}: {reason}": "{option}：{reason}",
    "{name} of task {task}: {refusal}": "任务 {task} 的 {name}：{refusal}",
    "Task {task}: {error}": "任务 {task}：{error}",
    "Task {task_id}: {error}": "任务 {task_id}：{error}",
}
"""These hold somebody else's words: ours are said in Chinese within them, and an analyser's stay as they are."""

_KNOWN: Final = {**DETAILS, **TEXTS, **QUOTED}


def in_chinese(told: str) -> str | None:
    """``told``: a sentence, or a ``core.domain.told.Told``. None for one that has no words in Chinese."""
    template = _KNOWN.get(getattr(told, "template", told.replace("{", "{{").replace("}", "}}")))
    values = getattr(told, "values", {})
    return None if template is None else template.format_map({name: _within(one) for name, one in values.items()})


def _within(value: Any) -> Any:
    """What stands within a sentence may be a sentence of ours itself."""
    if isinstance(value, Sentences):
        return "".join(in_chinese(one) or one for one in value)
    return (in_chinese(value) or value) if isinstance(value, str) else value


def said(text: str) -> str:
    """In the language of the request that is being answered."""
    return (in_chinese(text) if asked.get() == "zh" else None) or text
