"""Sends letters of the outbox by mail."""

from __future__ import annotations

import smtplib
from typing import cast

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext

from kb.models.letters import Letter
from kb.outbox.letters import NotTakenError

FIRST_FINAL_CODE = 500  # from here on, a mail server's answer is its last word (RFC 5321, 4.2.1)


def mail(
    subject: str, body: str, to: str, reply_to: str = "", headers: dict[str, str] | None = None
) -> dict[str, object]:
    """What a letter holds that leaves by mail."""
    return {"subject": subject, "body": body, "to": to, "reply_to": reply_to, "headers": headers or {}}


def send(letter: Letter) -> None:
    """Hand it to the mail server; `Message-ID` is the same at each try, so that receivers know one that came twice."""
    if not settings.EMAIL_IS_ON:
        raise NotTakenError(gettext("No mail server is set up any more (KB_EMAIL_URL)."))
    content, domain = letter.content, settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    headers = {"Auto-Submitted": "auto-generated", **cast("dict[str, str]", content["headers"])}
    message = EmailMessage(
        content["subject"],
        content["body"],
        to=[content["to"]],
        reply_to=[content["reply_to"]] if content["reply_to"] else None,
        headers={"Message-ID": f"<{letter.key}.{letter.pk}@{domain}>", **headers},
    )
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        refusals = [code for code, _ in error.recipients.values()]
        raise NotTakenError(
            gettext("The mail server refused the recipient: {error}").format(error=error), is_final=_is_final(*refusals)
        ) from None
    except smtplib.SMTPDataError as error:
        raise NotTakenError(
            gettext("The mail server refused it: {error}").format(error=_answer(error)),
            is_final=_is_final(error.smtp_code),
        ) from None
    except smtplib.SMTPResponseException as error:  # not of this mail, but of whom the site is to it: that is mended
        raise NotTakenError(gettext("The mail server said: {error}").format(error=_answer(error))) from None
    except (OSError, smtplib.SMTPException) as error:
        raise NotTakenError(gettext("The mail server did not answer: {error}").format(error=error)) from None
    except ValueError as error:
        raise NotTakenError(gettext("This can't be mailed: {error}").format(error=error), is_final=True) from None


def _is_final(*codes: int) -> bool:
    return all(code >= FIRST_FINAL_CODE for code in codes)


def _answer(error: smtplib.SMTPResponseException) -> str:
    text = error.smtp_error
    return f"{error.smtp_code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
