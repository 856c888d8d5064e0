"""Writers who upload or preview costly things, all at once, keep no reader waiting, and lose nothing."""

from __future__ import annotations

import http.client
import io
import json
import re
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

import psutil
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Picture

from kb.config import startup
from kb.models import Revision
from kb.rate_limits import crowding
from kb.rate_limits.crowding import Work
from tests.support.endless import ENDLESS
from tests.support.served import ROOT, get, prepared_in, served
from tests.support.signed_in import SignedIn
from tests.support.studio import TEXT, person, published

MANY = 10
Answer = tuple[int, str | None, dict[str, str]]


def _large_animation(count: int) -> bytes:
    """A few bytes that swell to very many pixels: the same large picture again and again."""
    out = io.BytesIO()
    Picture.new("P", (6000, 6000)).save(out, "GIF")
    one = out.getvalue()
    start = one.index(b"\x2c" + bytes(4))
    return one[:start] + one[start:-1] * count + one[-1:]


# A real server, and many at once


class Site:
    """A served site of one process, and the session of its administrator."""

    def __init__(self, base: str, process: subprocess.Popen[str], password: str) -> None:
        self.base, self.process = base, process
        person = SignedIn(base, "admin", password)
        self._token = json.loads(person.open("/write/session/"))["token"]
        self._cookies = person.cookies()

    def post(self, address: str, fields: dict[str, str], file: bytes = b"") -> Answer:
        """What a script of the studio is answered: a status, when to come again, and what is said."""
        mark = secrets.token_hex(16)
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in {**fields, "csrfmiddlewaretoken": self._token}.items()
        ]
        if file:
            named = 'Content-Disposition: form-data; name="image"; filename="a.gif"\r\nContent-Type: image/gif'
            parts += [f"--{mark}\r\n{named}\r\n\r\n".encode(), file, b"\r\n"]
        body = b"".join([*parts, f"--{mark}--\r\n".encode()])
        headers = {
            "Accept": "application/json",
            "Cookie": self._cookies,
            "Content-Type": f"multipart/form-data; boundary={mark}",
        }
        connection = http.client.HTTPConnection(self.base.removeprefix("http://"), timeout=600)
        try:
            connection.request("POST", address, body, headers)
            response = connection.getresponse()
            return response.status, response.headers["Retry-After"], json.loads(response.read())
        finally:
            connection.close()

    def upload(self, animation: bytes) -> Answer:
        """The answer to an image."""
        return self.post("/write/guides/slow/images/", {"alt": "It moves"}, animation)

    def check(self, text: str) -> Answer:
        """The answer to a text that is to be previewed."""
        return self.post("/write/guides/slow/check/", {"text": text})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    environment = prepared_in(tmp_path_factory.mktemp("site"))
    with served(environment) as (base, process, output):
        password = re.search(r"Password:\s+(\S+)", "".join(output))
        assert password
        yield Site(base, process, password[1])


def _told_to_come_again(answer: Answer) -> bool:
    status, retry, said = answer
    if status == 503:
        assert retry == str(crowding.RETRY_SECONDS)
        assert said["message"].endswith("are being read just now. Try again in a few seconds.")
    return status == 503


def _taken_of(answers: list[Answer]) -> list[Answer]:
    """Those that were worked on: the first, and maybe those that waited for it."""
    taken = [answer for answer in answers if not _told_to_come_again(answer)]
    assert 1 <= len(taken) <= 1 + crowding.MOST_WAITING
    return taken


def _readers_are_answered(site: Site, sent: list[Future[Answer]]) -> None:
    """While the first of these is worked on."""
    first, _ = wait(sent, return_when=FIRST_COMPLETED)
    assert all(_told_to_come_again(one.result()) for one in first)
    for address in ("/guides/slow/", "/search/?q=slow", "/guides/"):
        assert get(f"{site.base}{address}")[0] == 200
    assert not all(one.done() for one in sent)


@pytest.mark.night
def test_readers_are_answered_while_ten_costly_animations_are_uploaded(site: Site) -> None:
    animation = _large_animation(40)
    with ThreadPoolExecutor(MANY) as writers:
        sent = [writers.submit(site.upload, animation) for _ in range(MANY)]
        _readers_are_answered(site, sent)
    answers = [one.result() for one in sent]
    for status, _retry, said in _taken_of(answers):
        assert status == 200 or "longer than 10 seconds of processor time" in said["message"]
    assert site.upload(_large_animation(2))[0] == 200


@pytest.mark.slow
def test_readers_are_answered_while_ten_costly_texts_are_previewed(site: Site) -> None:
    with ThreadPoolExecutor(MANY) as writers:
        sent = [writers.submit(site.check, ENDLESS) for _ in range(MANY)]
        _readers_are_answered(site, sent)
    answers = [one.result() for one in sent]
    for _status, _retry, said in _taken_of(answers):
        assert "longer than 5 seconds of processor time" in str(said["findings"])
    status, _retry, said = site.check("# Slow\n\nIt is.\n")
    assert (status, said["title"]) == (200, "Slow")


def _animating(parent: int) -> psutil.Process:
    """The process that reads an animation for another one, once it computes."""
    while True:
        for child in psutil.Process(parent).children():
            if child.cpu_times().user > 0.5:
                return child


LONG_READ = """
import sys
from kb.library.images.animations import Bounds, cleaned
cleaned(sys.stdin.buffer.read(), "GIF", Bounds(40_000_000, 600, 1_000_000_000))
"""


@pytest.mark.night
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGKILL])
def test_the_reading_of_an_animation_ends_with_the_process_that_asked(told: signal.Signals) -> None:
    asking = subprocess.Popen([sys.executable, "-c", LONG_READ], cwd=ROOT, stdin=subprocess.PIPE)
    assert asking.stdin is not None
    asking.stdin.write(_large_animation(900))  # a minute of work at least
    asking.stdin.close()
    child = _animating(asking.pid)
    try:
        asking.send_signal(told)
        asking.wait()
        gone, _running = psutil.wait_procs([child], timeout=30)
        assert gone == [child]
    finally:
        if child.is_running():
            child.kill()


# What those are shown who come while others are at it


@contextmanager
def _taken(work: Work) -> Iterator[None]:
    """While the thread of another request does such work."""
    begun, done = threading.Event(), threading.Event()

    def work_on() -> None:
        with crowding.answering_a_request(), crowding.place(work):
            begun.set()
            done.wait()

    other = threading.Thread(target=work_on)
    other.start()
    begun.wait()
    try:
        yield
    finally:
        done.set()
        other.join()


@pytest.fixture
def editor(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(crowding, "LONGEST_WAIT", 0.01)
    monkeypatch.setattr(crowding, "LOOK_EVERY", 0.01)
    eve = person("eve", "editors")
    published(eve, slug="paper-jam")
    client.force_login(eve)
    return client


def test_a_form_with_an_image_is_shown_again_with_the_text_that_was_typed(editor: Client) -> None:
    file = SimpleUploadedFile("a.png", b"not looked at", "image/png")
    fields = {"text": f"{TEXT}\nTyped just now.\n", "action": "image", "alt": "It", "image": file}
    with _taken(Work.IMAGE):
        response = editor.post("/write/guides/paper-jam/", fields)
    page = response.content.decode()
    assert (response.status_code, response.headers["Retry-After"]) == (503, str(crowding.RETRY_SECONDS))
    for words in ("Other images are being read", "Typed just now.", "choose it again", "Send it once more"):
        assert words in page
    assert 'name="action" value="image"' in page


@pytest.mark.parametrize(
    "address", ["/write/guides/paper-jam/?preview=1", "/write/guides/paper-jam/revisions/1/?view=page"]
)
def test_a_page_with_a_preview_says_when_to_come_and_has_a_way_to_it(editor: Client, address: str) -> None:
    assert editor.get(address).status_code == 200
    with _taken(Work.TEXT):
        response = editor.get(address)
    assert response.status_code == 503
    assert "Other texts are being read just now. Try again in a few seconds." in response.content.decode()
    assert f'href="{address}">Try again</a>' in response.content.decode()
    assert "Send it once more" not in response.content.decode()
    assert editor.get(address).status_code == 200


def test_a_proposal_that_is_not_published_for_this_is_as_it_was(editor: Client) -> None:
    editor.post("/write/guides/paper-jam/", {"text": TEXT.replace("flap", "lid"), "based_on": 1})
    saved = Revision.objects.get(state=Revision.State.DRAFT).saved
    form = {"saved": saved, "comment": "Lids", "action": "publish"}
    with _taken(Work.TEXT):
        response = editor.post("/write/guides/paper-jam/propose/", form)
    assert response.status_code == 503
    assert "Lids" in response.content.decode()
    assert Revision.objects.filter(state=Revision.State.DRAFT).count() == 1
    editor.post("/write/guides/paper-jam/propose/", form)
    assert "Open the lid" in editor.get("/guides/paper-jam/").content.decode()


def test_an_approval_with_changes_that_has_to_wait_has_changed_nothing(editor: Client) -> None:
    editor.post("/write/guides/paper-jam/", {"text": TEXT.replace("flap", "lid"), "based_on": 1})
    saved = Revision.objects.get(state=Revision.State.DRAFT).saved
    editor.post("/write/guides/paper-jam/propose/", {"saved": saved, "comment": "Lids"})
    waiting = Revision.objects.get(state=Revision.State.IN_REVIEW)
    address = f"/write/guides/paper-jam/review/{waiting.number}/edit/"
    with _taken(Work.TEXT):
        response = editor.post(address, {"text": TEXT.replace("flap", "large lid")})
    assert response.status_code == 503
    assert "Open the large lid" in response.content.decode()
    assert Revision.objects.get(state=Revision.State.IN_REVIEW) == waiting
    editor.post(address, {"text": TEXT.replace("flap", "large lid")})
    assert "Open the large lid" in editor.get("/guides/paper-jam/").content.decode()


def test_a_thread_is_left_for_readers_while_all_others_are_at_costly_work_or_wait_for_it() -> None:
    assert len(Work) + crowding.MOST_WAITING + 1 == startup.THREADS


def _ask_for_a_place() -> None:
    with crowding.answering_a_request(), crowding.place(Work.TEXT):
        pass


def test_some_wait_until_the_other_is_done_and_all_others_are_told_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crowding, "WAIT_SECONDS", 600)
    monkeypatch.setattr(crowding, "LONGEST_WAIT", 600)
    with ThreadPoolExecutor(MANY) as others:
        with _taken(Work.TEXT):
            asked = [others.submit(_ask_for_a_place) for _ in range(MANY)]
            while sum(each.done() for each in asked) < MANY - crowding.MOST_WAITING:
                pass
            told = [each for each in asked if each.done()]
            assert all(isinstance(each.exception(), crowding.CrowdedError) for each in told)
            assert len(told) == MANY - crowding.MOST_WAITING
        assert all(each.result() is None for each in asked if each not in told)


@pytest.mark.slow
def test_one_who_waits_is_not_refused_because_the_machine_is_busy() -> None:
    busy_for = crowding.WAIT_SECONDS + 1
    with ThreadPoolExecutor() as others:
        with _taken(Work.TEXT):
            waits = others.submit(_ask_for_a_place)
            wait([waits], timeout=busy_for)
        assert waits.result() is None


def test_one_who_waits_is_told_to_come_again_once_the_server_has_worked_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crowding, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(crowding, "LONGEST_WAIT", 600)
    with ThreadPoolExecutor() as others, _taken(Work.TEXT):
        waits = others.submit(_ask_for_a_place)
        while not waits.done():
            pass
        assert isinstance(waits.exception(), crowding.CrowdedError)


def test_what_no_request_asks_for_takes_no_place() -> None:
    with _taken(Work.TEXT), crowding.place(Work.TEXT):
        pass
