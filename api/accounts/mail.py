"""Sending mail through the configured SMTP server."""

from email.message import EmailMessage

import aiosmtplib
import structlog

from api.accounts.settings import SmtpSettings

logger = structlog.get_logger(__name__)


class Mail:
    def __init__(self, settings: SmtpSettings, host: str) -> None:
        self._settings, self._host = settings, host

    async def send(self, to: str, subject: str, text: str) -> bool:
        """Whether the server took it. Who asked for the mail must not learn that, the log has to."""
        message, known = EmailMessage(), self._settings
        try:
            message["From"], message["To"], message["Subject"] = known.sender, to, subject
            message.set_content(text)
            await aiosmtplib.send(
                message,
                hostname=self._host,
                port=known.port,
                username=known.user,
                password=known.password.get_secret_value() if known.password else None,
                use_tls=known.security == "tls",
                start_tls=known.security == "starttls",
                timeout=known.timeout_s,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:  # ValueError: no address after all
            logger.error("a mail could not be sent", action="mail_failed", error=repr(error))  # noqa: TRY400 - no defect of ours
            return False
        return True
