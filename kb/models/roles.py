"""The permissions of the product, and the groups that have them, which `manage.py migrate` makes."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import Group, Permission

SEE_STAFF_GUIDES = "kb.view_staff_guides"
PROPOSE = "kb.propose_revision"
REVIEW = "kb.review_revision"
PUBLISH = "kb.publish_guide"
RETIRE = "kb.retire_guide"

GROUPS: Mapping[str, tuple[str, ...]] = {
    "support": (SEE_STAFF_GUIDES,),
    "writers": (SEE_STAFF_GUIDES, PROPOSE),
    "editors": (SEE_STAFF_GUIDES, PROPOSE, REVIEW, PUBLISH, RETIRE),
}


def make_groups() -> None:
    """Make the groups that are missing; what an administrator changed in one that is there stays."""
    for name, permissions in GROUPS.items():
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new:
            codenames = [permission.partition(".")[2] for permission in permissions]
            group.permissions.set(Permission.objects.filter(content_type__app_label="kb", codename__in=codenames))
