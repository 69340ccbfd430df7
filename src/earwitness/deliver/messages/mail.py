"""One mail to one address, over the mail server of the settings."""

import smtplib
from collections.abc import Mapping
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import SafeMIMEMultipart

from earwitness.deliver.wire.http import reason

NO_SERVER = "No mail server is set: the operator has to set EARWITNESS_SMTP_URL."


class NotSent(Exception):  # noqa: N818 -- told to people as it stands
    """The mail was not taken. ``final`` where trying again cannot help: the address itself was refused."""

    def __init__(self, text: str, *, final: bool = False) -> None:
        super().__init__(text)
        self.final = final


class Mail(EmailMultiAlternatives):
    """A mail whose HTML may show pictures that it holds itself. pictures: Content-ID -> PNG; those stand with the HTML
    (RFC 2387), so that no program lists them among the attached files."""

    pictures: Mapping[str, bytes] = MappingProxyType({})

    def message(self, **given: Any) -> Any:
        """Return the whole mail as it is sent."""
        whole: Any = super().message(**given)
        if not self.pictures:
            return whole
        for part in whole.walk():
            if part.get_content_type() == "multipart/alternative":
                related: Any = SafeMIMEMultipart("related", encoding=self.encoding or settings.DEFAULT_CHARSET)
                related.attach(part.get_payload().pop())
                for name, png in self.pictures.items():
                    picture = MIMEImage(png, "png")
                    picture.add_header("Content-ID", f"<{name}>")
                    picture.add_header("Content-Disposition", "inline", filename=f"{name.partition('@')[0]}.png")
                    related.attach(picture)
                part.attach(related)
                break
        return whole


def has_server() -> bool:
    """Whether a mail server is set."""
    return "dummy" not in settings.EMAIL_BACKEND


def send(message: EmailMultiAlternatives) -> None:
    """Hand one mail to the mail server. Raises NotSent."""
    if not has_server():
        raise NotSent(NO_SERVER)
    try:
        with get_connection() as connection:
            connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise NotSent(f"The mail server refused the address: {code} {_text(said)}", final=500 <= code < 600) from None
    except smtplib.SMTPResponseException as error:
        text = f"The mail server answered {error.smtp_code} {_text(error.smtp_error)}"
        raise NotSent(text, final=False) from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(f"The mail server cannot be reached: {reason(error)}.") from None


def _text(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:300]


def attach(message: EmailMultiAlternatives, path: Path, name: str, media: str) -> None:
    """Put a file into a mail."""
    main, _, sub = media.partition(";")[0].partition("/")
    part = MIMEBase(main, sub)
    part.set_payload(path.read_bytes())
    from email.encoders import encode_base64

    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=name)
    message.attach(part)
