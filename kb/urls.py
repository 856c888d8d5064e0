"""The addresses of the site; those of the readers' pages and of the studio stand in the namespace `kb`."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from kb.web import errors, metrics, search_recording
from kb.web.accounts import activity, administration, two_factor_pages
from kb.web.api import api
from kb.web.pages import (
    accounts,
    attachments,
    codes,
    feeds,
    flagging,
    health,
    helped,
    images,
    old_revision,
    reading,
    searching,
    viewed,
    words,
)
from troubleshooting.desk import urls as desk
from troubleshooting.desk.handover import urls as handovers
from troubleshooting.walk.api import router as walk_router

pages: list[URLPattern | URLResolver] = [
    path("", reading.home, name="home"),
    path("guides/", reading.guide_list, name="guide-list"),
    path("guides/<slug:slug>/revisions/<int:number>/", old_revision.guide_revision, name="guide-revision"),
    path("guides/<path:address>/", reading.guide_detail, name="guide-detail"),
    path("categories/", reading.category_list, name="category-list"),
    path("categories/<path:category>/", reading.category_detail, name="category-detail"),
    path("codes/", codes.code_list, name="code-list"),
    path("codes/<path:code>/", codes.code_detail, name="code-detail"),
    path("contacts/", reading.contact_list, name="contact-list"),
    path("attachments/<str:digest>/<str:name>", attachments.attachment_file, name="attachment"),
    path("images/<str:name>", images.image_file, name="image"),
    path("search/", searching.results, name="search"),
    path("search/pasted/", searching.search_for_pasted, name="search-for-pasted"),
    path("search/suggest/", searching.suggestions, name="suggest"),
    path("search/opened/", search_recording.search_opened, name="search-opened"),
    path("reading/helped/", helped.helped, name="helped"),
    path("reading/why/", helped.why, name="why"),
    path("reading/thanks/", helped.thanks, name="thanks"),
    path("reading/viewed/", viewed.viewed, name="viewed"),
    path("reading/flag/", flagging.flag_section, name="flag-section"),
    path("write/", include("kb.web.studio.urls")),
    path("accounts/sign-in/", accounts.sign_in, name="sign-in"),
    path("accounts/sign-in/code/", two_factor_pages.sign_in_code, name="sign-in-code"),
    path("accounts/sign-out/", accounts.sign_out, name="sign-out"),
    path("accounts/two-factor/", two_factor_pages.two_factor_codes, name="two-factor"),
    path("accounts/two-factor/begin/", two_factor_pages.begin_app, name="two-factor-begin"),
    path("accounts/two-factor/confirm/", two_factor_pages.confirm_app, name="two-factor-confirm"),
    path("accounts/two-factor/recovery/", two_factor_pages.renew_recovery_codes, name="two-factor-recovery"),
    path("accounts/two-factor/off/", two_factor_pages.turn_codes_off, name="two-factor-off"),
    path("accounts/activity/", activity.sign_ins, name="sign-ins"),
    path("accounts/activity/changes/", activity.changes, name="account-changes"),
    path("accounts/password/", accounts.change_password, name="password-change"),
    path("accounts/password/forgotten/", accounts.forgotten_password, name="password-forgotten"),
    path("accounts/password/sent/", accounts.password_mail_sent, name="password-mail-sent"),
    path("accounts/password/new/<uidb64>/<token>/", accounts.new_password, name="password-new"),
    path("words/<str:language>/<str:version>.js", words.words, name="words"),
    path("feed.xml", feeds.changes, name="feed"),
    path("opensearch.xml", feeds.opensearch, name="opensearch"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("robots.txt", feeds.robots, name="robots"),
    path("favicon.ico", feeds.favicon, name="favicon"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
]

api.add_router("/walk", walk_router)
administration.register()

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((pages, "kb"))),
    path("write/worklist/", include("troubleshooting.worklist.urls")),
    path("troubleshoot/", include("troubleshooting.urls")),
    path("desk/", include(([*desk.urlpatterns, *handovers.urlpatterns], "desk"))),
    path("api/v1/", api.urls),
    path("admin/login/", accounts.sign_in_to_admin),
    path("admin/password_change/", RedirectView.as_view(pattern_name="kb:password-change")),
    path("admin/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
