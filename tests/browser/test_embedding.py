"""Walks in another site's page: a listed site has them by one line, others are refused, nothing else is framed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pytest
from playwright.sync_api import ConsoleMessage, Frame, Page, expect

from tests.browser.conftest import PHONE, WIDE, SharedSite, free_port, until
from tests.browser.windows import Windows

pytestmark = pytest.mark.slow

on_desk_and_phone = pytest.mark.parametrize(
    "shop", [pytest.param(WIDE, id="wide"), pytest.param(PHONE, id="phone", marks=pytest.mark.night)], indirect=True
)


class _Shop(BaseHTTPRequestHandler):
    """Another site: its page is whatever markup its address spells out."""

    def do_GET(self) -> None:
        markup = unquote(self.path.partition("?")[2])
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(f"<!doctype html><title>Shop</title><h1>Shop</h1>{markup}<p>End</p>".encode())

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Sites:
    """The addresses of the product, of the site that it lists, and of one that it does not."""

    home: str
    listed: str
    stranger: str


@pytest.fixture(scope="module")
def sites(shared_site: SharedSite) -> Iterator[Sites]:
    listed, stranger = shared_site.framing_port, free_port()
    servers = [ThreadingHTTPServer(("127.0.0.1", port), _Shop) for port in (listed, stranger)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Sites(shared_site.address, f"http://localhost:{listed}", f"http://localhost:{stranger}")
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def shop(request: pytest.FixtureRequest, windows: Windows) -> Iterator[Page]:
    """A page of another site, on a desk unless the test says how large it is."""
    with windows.lent(viewport=getattr(request, "param", WIDE)) as context:
        yield context.new_page()


def line(sites: Sites, attributes: str = "") -> str:
    """The one line that a site puts into its page."""
    return f'<script src="{sites.home}/static/embed.js" {attributes}></script>'


def walk_in(page: Page) -> Frame:
    """The frame that holds the walk, once it shows."""
    page.wait_for_selector("iframe")
    frame = page.query_selector("iframe")
    assert frame
    content = frame.content_frame()
    assert content
    content.wait_for_selector("h1")
    return content


@on_desk_and_phone
def test_one_line_of_script_walks_to_a_solution(shop: Page, sites: Sites) -> None:
    shop.goto(f"{sites.listed}/?{line(sites)}")
    walk = walk_in(shop)
    expect(shop.locator("iframe")).to_have_attribute("title", walk.title())
    walk.get_by_label("What you see").fill("the error code is KEY_REVOKED and it worked before")
    walk.get_by_role("button", name="Start").first.click()
    expect(walk.locator(".answers a").first).to_be_visible()
    for _ in range(12):
        if walk.get_by_text("Did this fix it?").is_visible():
            break
        before = walk.url
        revoked = walk.locator(".answers a", has_text="Revoked API key")
        onwards = revoked.or_(walk.locator(".answers a", has_text="Not sure"))
        onwards.or_(walk.get_by_role("link", name="Done, next")).first.click()
        until(walk, "before => location.href !== before", before)
    expect(walk.get_by_role("heading", level=1)).to_have_text("Revoked API key")
    assert "embed=1" in walk.url
    walk.get_by_role("link", name="Start over").click()
    expect(walk.get_by_role("heading", level=1)).to_have_text("What do you see?")
    expect(walk.locator(".site-header, .site-footer")).to_have_count(0)


@on_desk_and_phone
def test_the_frame_is_as_tall_as_what_it_shows(shop: Page, sites: Sites) -> None:
    shop.goto(f"{sites.listed}/?{line(sites, 'data-height=300')}")
    walk = walk_in(shop)
    for _ in range(2):
        until(shop, "document.querySelector('iframe').offsetHeight > 301")
        until(walk, "document.documentElement.scrollHeight <= innerHeight")
        until(walk, "document.documentElement.scrollWidth <= innerWidth")
        assert shop.evaluate("document.documentElement.scrollWidth <= innerWidth")
        walk.goto(f"{sites.home}/troubleshoot/?start=questions&embed=1")


@pytest.mark.night
def test_only_the_frame_itself_sets_its_height(shop: Page, sites: Sites) -> None:
    shop.goto(f"{sites.listed}/?{line(sites)}")
    walk_in(shop)
    until(shop, "document.querySelector('iframe').offsetHeight > 481")
    before = shop.evaluate("document.querySelector('iframe').offsetHeight")
    shop.evaluate("postMessage({walk: 'height', height: 9000}, '*')")
    shop.evaluate("new Promise(done => setTimeout(done, 200))")
    assert shop.evaluate("document.querySelector('iframe').offsetHeight") == before


@pytest.mark.night
def test_the_line_says_where_the_walk_starts(shop: Page, sites: Sites) -> None:
    shop.goto(f"{sites.listed}/?{line(sites, 'data-guide=invalid-api-key data-title=Help')}")
    walk = walk_in(shop)
    assert "guide=invalid-api-key" in walk.url
    expect(walk.locator(".said__about")).to_have_text("You came from the guide")
    assert shop.locator("iframe").get_attribute("title") == "Help"


def test_the_frame_is_called_what_its_page_is_called_in_the_language_of_the_reader(
    windows: Windows, sites: Sites
) -> None:
    with windows.lent(viewport=WIDE, locale="de") as context:
        shop = context.new_page()
        shop.goto(f"{sites.listed}/?{line(sites)}")
        walk = walk_in(shop)
        assert walk.evaluate("document.documentElement.lang") == "de"
        expect(shop.locator("iframe")).to_have_attribute("title", walk.title())
        shop.evaluate("postMessage({walk: 'step', title: 'Forged'}, '*')")
        shop.evaluate("new Promise(done => setTimeout(done, 200))")
        assert shop.locator("iframe").get_attribute("title") == walk.title()


@pytest.mark.night
def test_a_line_in_the_head_puts_the_walk_at_the_end_of_the_page(shop: Page, sites: Sites) -> None:
    shop.goto(f"{sites.listed}/?")
    shop.set_content(f"<head>{line(sites)}</head><body><p>Before</p></body>")
    walk_in(shop)
    assert shop.evaluate("document.body.lastElementChild.tagName") == "IFRAME"


@pytest.mark.parametrize(
    "address",
    [
        "/troubleshoot/",
        pytest.param("/troubleshoot/?start=questions", marks=pytest.mark.night),
        pytest.param("/troubleshoot/?embed=1", marks=pytest.mark.night),
    ],
)
def test_a_plain_iframe_is_a_walk_too_and_links_out_of_it_open_a_tab(shop: Page, sites: Sites, address: str) -> None:
    shop.goto(
        f'{sites.listed}/?<iframe src="{sites.home}{address}" title="Help" height="600"></iframe>'.replace("&", "%26")
    )
    walk = walk_in(shop)
    assert "embed=1" in walk.url
    expect(walk.locator(".site-header")).to_have_count(0)
    outside = walk.locator("a[href^='/']:not([href^='/troubleshoot/?']):not([target=_blank])")
    assert [
        each.get_attribute("href") for each in outside.all() if each.get_attribute("href") != "/troubleshoot/"
    ] == []
    with shop.context.expect_page() as opened:
        walk.locator(".brand").click()
    assert opened.value.url == f"{sites.home}/"


@pytest.mark.night
def test_a_page_that_the_browser_has_already_is_shown_again(shop: Page, sites: Sites) -> None:
    """The answer that nothing has changed must not take back that the page may be framed."""
    for _ in range(3):
        shop.goto(f'{sites.listed}/?<iframe src="{sites.home}/troubleshoot/?embed=1" title="Help"></iframe>')
        expect(walk_in(shop).get_by_role("heading", level=1)).to_have_text("What do you see?")


def refusals(page: Page, address: str) -> list[str]:
    """What the browser says of frames that it does not show."""
    told: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if "fram" in message.text.lower():
            told.append(message.text)

    page.on("console", listen)
    page.goto(address)
    page.wait_for_selector("iframe")
    for _ in range(50):
        if told:
            break
        page.wait_for_timeout(100)
    page.remove_listener("console", listen)
    return told


@pytest.mark.night
def test_a_site_that_is_not_listed_is_refused(shop: Page, sites: Sites) -> None:
    told = refusals(shop, f"{sites.stranger}/?{line(sites)}")
    assert any("frame-ancestors" in each for each in told), told
    assert shop.frames[1].url.startswith("chrome-error:")


@pytest.mark.parametrize(
    "address",
    [
        "/guides/invalid-api-key/",
        *(
            pytest.param(address, marks=pytest.mark.night)
            for address in ("/admin/login/", "/", "/accounts/sign-in/", "/troubleshoot/tree/", "/search/")
        ),
    ],
)
def test_nothing_but_walks_is_framed_even_by_a_listed_site(shop: Page, sites: Sites, address: str) -> None:
    told = refusals(shop, f'{sites.listed}/?<iframe src="{sites.home}{address}"></iframe>')
    assert any("frame-ancestors" in each for each in told), told


@pytest.mark.night
def test_without_javascript_a_plain_iframe_walks(windows: Windows, sites: Sites) -> None:
    with windows.lent(viewport=WIDE, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f'{sites.listed}/?<iframe src="{sites.home}/troubleshoot/" height="700" width="800"></iframe>')
        walk = page.frame_locator("iframe")
        walk.get_by_label("What you see").fill("HTTP 401 since this morning\n" + ("all is well. " * 90 + "\n") * 9)
        walk.get_by_role("button", name="Start").first.click()
        expect(walk.get_by_text("Found in what you gave")).to_be_visible()
        walk.locator(".answers a").first.click()
        expect(walk.locator(".said__item").nth(2)).to_be_visible()
