"""What is written to people, in both languages where theirs is not known."""

from datetime import datetime


def invitation_letter(url: str, until: datetime) -> tuple[str, str]:
    """Subject and text."""
    return (
        "Your invitation to mgeprof / mgeprof 邀请",
        (
            f"You were invited to mgeprof. This link makes your account; it works once, until {_at(until)}:\n\n{url}\n\n"
            f"您受邀使用 mgeprof。请用以下链接注册；链接只能使用一次，有效期至 {_at(until)}。\n"
        ),
    )


def password_letter(url: str, until: datetime, language: str | None) -> tuple[str, str]:
    """Subject and text."""
    if language == "zh":
        return (
            "mgeprof：设置新密码",
            (
                f"有人（也许是您）要求为您的 mgeprof 账户设置新密码。链接只能使用一次，有效期至 {_at(until)}：\n\n{url}\n\n"
                "如果不是您，请忽略本邮件。\n"
            ),
        )
    return (
        "mgeprof: set a new password",
        (
            f"Somebody, perhaps you, asked to set a new password for your account at mgeprof. This link works once, until {_at(until)}:\n\n"
            f"{url}\n\nIf it was not you, there is nothing to do.\n"
        ),
    )


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
