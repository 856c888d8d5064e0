"""Shows pages to Chromium, without the policy that would hold scripts back, and tells what ran or could run in them.

Chromium is driven from a thread of its own, as Django refuses its database to a thread in which events are waited for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from html import escape
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright, Route, sync_playwright
from playwright.sync_api import Error as PageError

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
SITE = "http://audit.test"
PATIENCE_MS = 300_000
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

# Every way of a vector to show that it runs tells the test of it.
TELLS = """
for (const name of ["alert", "confirm", "prompt", "print", "open"])
    window[name] = (...given) => { fired(window.name + "|" + name + " " + given.slice(0, 1)); };
"""

# What makes a browser run something, wherever it stands: `all` is said of a page that holds nothing but texts.
LOOK = r"""(all) => {
    const wrong = [], lead = ["href", "src", "action", "formaction", "xlink:href", "data", "poster", "background",
        "ping", "srcdoc", "srcset", "dynsrc", "lowsrc", "cite", "longdesc", "manifest", "codebase"];
    const never = ["iframe", "object", "embed", "base", "applet", "frame", "frameset", "portal", "math", "animate",
        "set", "foreignobject", "xmp", "plaintext", "listing", "marquee", "isindex", "keygen", "audio", "video",
        "source"];
    const forms = ["form", "button", "textarea", "select", "option", "svg", "link", "meta", "style", "script", "title",
        "template", "noscript", "noembed", "noframes", "dialog", "slot"];
    const safe = {"http:": 1, "https:": 1, "mailto:": 1, "tel:": 1};
    const look = (root) => {
        for (const element of root.querySelectorAll("*")) {
            const tag = element.localName, inBody = !element.closest("head"), shown = element.outerHTML.slice(0, 300);
            if (never.includes(tag) || (all && inBody && forms.includes(tag))) wrong.push(`<${tag}>: ${shown}`);
            if (["meta", "link", "style", "title"].includes(tag) && inBody && !element.closest("svg"))
                wrong.push(`<${tag}> in the body: ${shown}`);
            if (tag === "script" && !/^(\/static\/|$)/.test(element.getAttribute("src") || ""))
                wrong.push(`a script from elsewhere: ${shown}`);
            if (tag === "script" && !element.hasAttribute("src") && !/json/.test(element.type))
                wrong.push(`a script in the page: ${shown}`);
            for (const {name, value} of element.attributes) {
                const ours = element.closest(".cm-editor"); // which sets its sizes by script
                if (/^on/i.test(name) || (name === "style" && !ours) ||
                        (all && /^(data-)?(hx|x|v|ng)-|^[@:]/.test(name)))
                    wrong.push(`${name}: ${shown}`);
                if (!lead.includes(name)) continue;
                let protocol = "?";
                try { protocol = new URL(value, document.baseURI).protocol; } catch (error) { protocol = "http:"; }
                const image = tag === "img" && /^data:image\/(png|gif|jpeg|webp);/.test(value);
                if (!safe[protocol] && !image) wrong.push(`${name} leads to ${protocol}: ${shown}`);
            }
            if (tag === "template") look(element.content);
        }
    };
    look(document);
    return wrong;
}"""

# What a person may do to anything that is shown, without following links or sending forms.
USE = """() => {
    for (const name of ["click", "submit"]) window.addEventListener(name, (event) => event.preventDefault(), true);
    const names = ["click", "mouseover", "mouseenter", "pointerover", "focus", "focusin", "error", "load", "toggle",
        "input", "change", "keydown", "animationstart", "transitionend", "wheel", "scroll", "copy", "paste",
        "drag", "submit"];
    for (const root of [document, ...[...document.querySelectorAll("iframe")].map((frame) => frame.contentDocument)])
        for (const element of root ? root.querySelectorAll("*") : [])
            for (const name of names)
                if (!(name === "load" && element.localName === "iframe"))
                    element.dispatchEvent(new Event(name, {cancelable: true}));
}"""


class Watcher:
    """A browser that looks at pages."""

    def __init__(self, executable: str, options: Sequence[str]) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._playwright: Playwright = self._thread.submit(sync_playwright().start).result()
        self._browser: Browser = self._thread.submit(
            self._playwright.chromium.launch, executable_path=executable, args=list(options)
        ).result()

    def close(self) -> None:
        """Let it go."""
        self._thread.submit(self._browser.close).result()
        self._thread.submit(self._playwright.stop).result()
        self._thread.shutdown()

    def wrong(self, page: str, *, texts_only: bool = False) -> list[str]:
        """What ran, asked others for something, or would run, when this page is shown and used."""
        return self._thread.submit(self._wrong, page, texts_only=texts_only).result()

    def running(self, texts: Sequence[str]) -> set[int]:
        """The numbers of those that run when each is shown by itself, as it is."""
        frames = "".join(
            f'<iframe name="{number}" sandbox="allow-scripts allow-same-origin" srcdoc="{escape(text)}"></iframe>'
            for number, text in enumerate(texts)
        )
        told = self._thread.submit(self._told, f"<!DOCTYPE html><title>x</title>{frames}").result()
        names = (one.partition("|")[0] for one in told)
        return {int(name) for name in names if name.isdigit()}

    def in_place_of(self, texts: Sequence[str]) -> list[str]:
        """What is wrong when a script puts each text into a page, as one that shows previews does."""
        return self._thread.submit(self._in_place_of, texts).result()

    def result_of(self, script: str, given: object) -> Any:
        """What a function of JavaScript makes of a value."""
        return self._thread.submit(self._result_of, script, given).result()

    def _result_of(self, script: str, given: object) -> Any:
        with self._page("<!DOCTYPE html><title>x</title>", []) as page:
            return page.evaluate(script, given)

    @contextmanager
    def _page(self, html: str, told: list[str]) -> Iterator[Page]:
        def answer(route: Route) -> None:
            asked = route.request
            path = asked.url.removeprefix(SITE).partition("?")[0]
            if not asked.url.startswith(f"{SITE}/"):
                told.append(f"|asked for {asked.url[:200]}")
                route.abort()
            elif path == "/":
                route.fulfill(body=html, content_type="text/html; charset=utf-8")
            elif path.startswith("/static/") and (file := STATIC / path.removeprefix("/static/")).is_file():
                route.fulfill(body=file.read_bytes(), content_type=KINDS.get(file.suffix, "application/octet-stream"))
            else:
                route.fulfill(status=404, body="")

        page = self._browser.new_page()
        try:
            page.expose_function("fired", lambda one: told.append(str(one)))
            page.add_init_script(TELLS)
            page.route("**/*", answer)
            page.goto(f"{SITE}/", wait_until="domcontentloaded", timeout=PATIENCE_MS)
            yield page
        finally:
            page.close()

    def _wrong(self, html: str, *, texts_only: bool) -> list[str]:
        told: list[str] = []
        with self._page(html, told) as page:
            page.wait_for_load_state("load", timeout=PATIENCE_MS)
            seen: list[str] = page.evaluate(LOOK, texts_only)
            if texts_only:
                page.evaluate(USE)
            page.wait_for_timeout(200)
        return [*told, *seen]

    def _told(self, html: str) -> list[str]:
        told: list[str] = []
        with self._page(html, told) as page:
            with suppress(PageError):  # some of these never end to load
                page.wait_for_load_state("load", timeout=5_000)
            page.evaluate(USE)
            page.wait_for_timeout(500)
        return told

    def _in_place_of(self, texts: Sequence[str]) -> list[str]:
        told: list[str] = []
        put: Any = "text => { document.querySelector('main').innerHTML = text; }"
        with self._page("<!DOCTYPE html><title>x</title><main></main>", told) as page:
            seen: list[str] = []
            for text in texts:
                page.evaluate(put, text)
                seen += page.evaluate(LOOK, False)
            page.wait_for_timeout(200)
        return [*told, *seen]
