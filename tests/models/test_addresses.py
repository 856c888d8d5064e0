"""The address of a guide is readable, and the same for the same path."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.models.slugs import LONGEST_SLUG, category_slug, former_address, free_slug, slug_candidates


@pytest.mark.parametrize(
    ("source", "slug"),
    [
        ("network/connection-timeouts.md", "connection-timeouts"),
        ("CephOSDSlowOps.md", "ceph-osd-slow-ops"),
        ("etcdSignerCAExpirationCritical.md", "etcd-signer-ca-expiration-critical"),
        ("can't-open.md", "cant-open"),
        ("v12.0-out-of-support.md", "v12-0-out-of-support"),
        ("Überblick.md", "uberblick"),
        ("network/README.md", "network"),
        ("README.md", "readme"),
    ],
)
def test_a_file_gives_a_readable_slug(source: str, slug: str) -> None:
    assert slug_candidates(source)[0] == slug


def test_a_taken_slug_is_made_longer_by_its_folders() -> None:
    assert free_slug("mac/calendar/share.md", {"share"}) == "calendar-share"
    assert free_slug("mac/calendar/share.md", {"share", "calendar-share"}) == "mac-calendar-share"
    assert free_slug("share.md", {"share"}) == "share-2"


def test_letters_of_other_scripts_still_give_an_address() -> None:
    assert slug_candidates("接続.md")[0].isascii()
    assert slug_candidates("接続.md") != slug_candidates("時間.md")


def test_a_category_keeps_its_levels() -> None:
    assert category_slug("Network/Time-outs & DNS") == "network/time-outs-dns"
    assert category_slug("") == ""


@pytest.mark.parametrize("typed", ["/Old/Path.md", "old/path", "OLD/PATH.html", "/old/path/"])
def test_an_old_address_is_one_however_it_is_written(typed: str) -> None:
    assert former_address(typed) == "old/path"


@given(st.text(min_size=1, max_size=300))
def test_any_name_gives_a_slug_that_fits_an_address(name: str) -> None:
    slug = free_slug(name, set())
    assert 0 < len(slug) <= LONGEST_SLUG
    assert slug.isascii()
    assert "/" not in slug
