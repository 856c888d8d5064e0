"""The codes that a person gives beside the password: made by an app on their phone, or one of ten to fall back on.

An app and the site share a secret, from which both reckon a code of six digits each half minute (RFC 6238).
"""

from __future__ import annotations

from base64 import b32encode
from importlib import import_module
from typing import TYPE_CHECKING, Any

import qrcode
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django_otp import verify_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathImage

from kb.content.patterns import linear
from kb.models import roles

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest

RECOVERY_CODES = 10
LONGEST_CODE = 40
WRITES = (roles.PROPOSE, roles.REVIEW, roles.PUBLISH, roles.RETIRE)

_OF_APP = linear(r"[0-9]{6}")
_APP, _RECOVERY = "App", "Recovery codes"


def must_have(user: User) -> bool:
    """Whether the site asks these codes of a person: of those who may write or administer, if it asks them at all."""
    if settings.TWO_FACTOR != "staff":
        return False
    return user.is_staff or user.is_superuser or any(user.has_perm(permission) for permission in WRITES)


def app_of(user: User) -> Any | None:
    """The app that makes a person's codes; None without one."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def app_to_confirm(user: User) -> Any | None:
    """The app that a person is setting up."""
    return TOTPDevice.objects.filter(user=user, confirmed=False).first()


def begin(user: User) -> None:
    """Make a secret for an app, which counts when a first code of it was right.

    Nothing for who has an app: a session alone must not put another one in its place.
    """
    with transaction.atomic():
        if app_of(user) is not None:
            return
        give_up(user)
        TOTPDevice.objects.create(user=user, name=_APP, confirmed=False)


def give_up(user: User) -> None:
    """Forget the secret of an app that was not set up to the end."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()


def confirm(user: User, code: str) -> Any | None:
    """Ask for codes of the new app from now on, if this is one of its codes; the app, or None."""
    with transaction.atomic():
        app = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
        if (
            app is None
            or app_of(user) is not None
            or not _OF_APP.fullmatch(_bare(code))
            or not app.verify_token(_bare(code))
        ):
            return None
        app.confirmed = True
        app.save()
        return app


def new_recovery_codes(user: User) -> list[str]:
    """Codes each of which stands in for the app once; those of before count no more."""
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name=_RECOVERY)
        codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
        StaticToken.objects.bulk_create([StaticToken(device=device, token=code) for code in codes])
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def recovery_codes_left(user: User) -> int:
    """How many a person has not used yet."""
    return int(StaticToken.objects.filter(device__user=user).count())


def accepted(user: User, code: str) -> Any | None:
    """What a code is of, the app or the recovery codes; None when it is wrong or was used. No code counts twice."""
    bare = _bare(code)
    is_of_app = _OF_APP.fullmatch(bare)
    device = app_of(user) if is_of_app else StaticDevice.objects.filter(user=user, confirmed=True).first()
    return verify_token(user, device.persistent_id, bare) if device else None


def turn_off(user: User) -> bool:
    """Ask a person for no codes any more; whether they were asked for any."""
    with transaction.atomic():
        was_on = app_of(user) is not None
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
    return was_on


def end_other_sessions(request: HttpRequest, user: User) -> None:
    """Sign a person out everywhere but here, as elsewhere they signed in by less."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    others = Session.objects.filter(expire_date__gte=timezone.now()).exclude(session_key=request.session.session_key)
    ended = [other.session_key for other in others if other.get_decoded().get(SESSION_KEY) == str(user.pk)]
    for key in ended:
        store(key).delete()


def picture(app: Any) -> SafeString:
    """What an app reads with a camera, as SVG; nothing in it is typed by anybody."""
    code = qrcode.QRCode(border=4)
    code.add_data(app.config_url)
    code.make()
    image: str = code.make_image(image_factory=SvgPathImage).to_string(encoding="unicode")
    return mark_safe(image)  # noqa: S308 - nothing of it is anybody's text


def secret(app: Any) -> str:
    """The same for typing it: letters and digits, four by four."""
    text = b32encode(app.bin_key).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _bare(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()[:LONGEST_CODE]
