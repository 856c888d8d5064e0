"""Addresses in, views out: the root of the site, and the readers' pages in the namespace `kb`."""

from __future__ import annotations

import contextlib

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from kb.views import accounts, errors, feeds, health, reading, searching

pages: list[URLPattern | URLResolver] = [
    path("", reading.home, name="home"),
    path("guides/", reading.guide_list, name="guide-list"),
    path("guides/<path:address>/", reading.guide_detail, name="guide-detail"),
    path("categories/", reading.category_list, name="category-list"),
    path("categories/<path:category>/", reading.category_detail, name="category-detail"),
    path("codes/", reading.code_list, name="code-list"),
    path("codes/<path:code>/", reading.code_detail, name="code-detail"),
    path("contacts/", reading.contact_list, name="contact-list"),
    path("search/", searching.results, name="search"),
    path("search/suggest/", searching.suggestions, name="suggest"),
    path("accounts/sign-in/", accounts.sign_in, name="sign-in"),
    path("accounts/sign-out/", accounts.sign_out, name="sign-out"),
    path("feed.xml", feeds.changes, name="feed"),
    path("opensearch.xml", feeds.opensearch, name="opensearch"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("robots.txt", feeds.robots, name="robots"),
    path("healthz", health.healthz, name="healthz"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((pages, "kb"))),
    path("admin/", admin.site.urls),
]
with contextlib.suppress(ImportError):
    urlpatterns.append(path("troubleshoot/", include("troubleshooting.urls")))
with contextlib.suppress(ImportError):
    from kb.api import api

    urlpatterns.append(path("api/v1/", api.urls))

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
