"""A phone whose app makes two-factor codes, for tests that sign in with them."""

from __future__ import annotations

import re
import time
from base64 import b32decode
from html import unescape

from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice


class Phone:
    """It was told a secret by the page on which somebody sets it up."""

    def __init__(self, page: str) -> None:
        (shown,) = re.findall(r"Key: <code>([A-Z2-7 ]+)</code>", unescape(page))
        self._secret = b32decode(shown.replace(" ", ""))

    def code(self, later: int = 0) -> str:
        """What it shows; or will show, so many half minutes later."""
        return f"{totp(self._secret, t0=int(-30 * later)):06d}"

    @staticmethod
    def wait() -> None:
        """Let so much time go by that the codes of before are over."""
        TOTPDevice.objects.update(last_t=int(time.time()) // 30 - 3)


def set_up(client: Client, user: User) -> tuple[Phone, list[str]]:
    """Turn codes on for somebody who is signed in; their phone, and the recovery codes."""
    client.post("/accounts/two-factor/begin/")
    phone = Phone(client.get("/accounts/two-factor/").content.decode())
    page = client.post("/accounts/two-factor/confirm/", {"code": phone.code()}).content.decode()
    assert TOTPDevice.objects.filter(user=user, confirmed=True).exists(), page
    phone.wait()
    return phone, re.findall(r"<li><code>([a-z2-7-]+)</code></li>", page)
