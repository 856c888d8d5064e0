"""What is found in what people paste: codes and messages that guides know, and the lines that say what went wrong."""

from __future__ import annotations

import pytest
from django.test import Client

from kb.models.audience import EVERYONE
from tests.conftest import WriteGuides
from troubleshooting.walk.address import PASTED, Address
from troubleshooting.walk.pasting import address_from_text

pytestmark = pytest.mark.django_db

GUIDE = """
# Trouble

## Folders do not open

**Symptoms:**
- Outlook says "The set of folders cannot be opened" (often)
- The error code is `0x8004010F` (always)

**Solution:**
1. Make a new profile.

## Too many requests

**Symptoms:**
- Requests return 429 Too Many Requests (always)

**Solution:**
1. Wait.

## Time-out

**Symptoms:**
- The log says `CONN_TIMEOUT` (always)

**Solution:**
1. Open port 443.

## Revoked key

**Symptoms:**
- The error code is `KEY_REVOKED` with HTTP status 401 (always)

**Solution:**
1. Make a new key.

## Relay refused

**Symptoms:**
- The mail comes back with `550 5.7.1 Unable to relay` (always)

**Solution:**
1. Sign in to the server.

## KubePodCrashLooping

**Symptoms:**
- A container restarts again and again (always)

**Solution:**
1. Read its log.
"""
NOISE = "2026-11-20 08:12:01,223 INFO  [main] c.acme.Boot - heartbeat number {}\n"
QUIET = "".join(NOISE.format(n) for n in range(80))
JAVA = f"""{QUIET}2026-11-20 08:13:44,901 ERROR [exec-7] c.a.OrderController - Request failed for ada@example.com
java.lang.RuntimeException: Could not place the order
\tat com.acme.shop.OrderService.place(OrderService.java:429)
Caused by: java.net.SocketTimeoutException: CONN_TIMEOUT while calling https://api.example.com/?token=s3cr3tt0ken
\t... 42 more
{QUIET}"""
HIT = '10.1.2.3 - - [20/Nov/2026:08:00:{:02} +0000] "GET /health HTTP/1.1" 200 429 "-" "curl/8"\n'
NGINX = "".join(HIT.format(n % 60) for n in range(60)) + HIT.replace("200 429", "429 12").format(1)
JOURNAL = "Nov 20 09:00:00 host systemd[1]: Started Daily apt.\n" * 60
JOURNAL += "Nov 20 09:00:02 host kubelet[991]: E1120 09:00:02.1 workers.go:190] alert KubePodCrashLooping is firing\n"
WINDOWS = """Log Name:      Application
Event ID:      300
Level:         Error
Computer:      PC-1182.corp.example.com
Description:
Outlook cannot log on. The operation failed with result -2147221233.
"""
BOUNCE = "Delivery has failed to these recipients or groups:\nbob@contoso.example\n"
BOUNCE += "Remote Server returned '550 5.7.1 Unable to relay'\n" + "Received: from x (2603:10a6:208::1)\n" * 40
KUBECTL = "NAME READY STATUS RESTARTS AGE\n" + "pod-7d9f8b6c5-x2x1z 1/1 Running 0 3d\n" * 60
KUBECTL += "Events:\n  Warning  Failed  3m  kubelet  Error: CONN_TIMEOUT pulling image\n"
PYTHON = """Traceback (most recent call last):
  File "/srv/app/main.py", line 429, in <module>
    client.get("/v1/x", headers={"Authorization": "Bearer sk-abcdefabcdefabcdef1234"})
client.ApiError: 401 Unauthorized: KEY_REVOKED
"""
DEEP = "all is well here\n" * 600 + "warning: THE SET OF FOLDERS\n  cannot be  opened!\n" + "all is well here\n" * 600
BARE = "Reported result: 8004010f in module 3\n" + QUIET
SECRETS = "db failed to open: password=hunter2secret\nAPI_KEY: 'AKIAIOSFODNN7EXAMPLE'\ncard 4111 1111 1111 1111\n"
SECRETS += (
    "error while calling https://u:p@api.example.com with CONN_TIMEOUT\n-----BEGIN RSA PRIVATE KEY-----\nMIIEpA\n"
)


@pytest.fixture
def trouble(write_guides_once: WriteGuides) -> None:
    write_guides_once({"trouble.md": GUIDE})


@pytest.mark.parametrize(
    ("log", "code", "said"),
    [
        (JAVA, "CONN_TIMEOUT", "Caused by: java.net.SocketTimeoutException"),
        (NGINX, "429", ""),
        (JOURNAL, "", "KubePodCrashLooping"),
        (WINDOWS, "0x8004010F", "Outlook cannot log on"),
        (BOUNCE, "5.7.1", "Unable to relay"),
        (KUBECTL, "CONN_TIMEOUT", "pulling image"),
        (PYTHON, "KEY_REVOKED", "Unauthorized"),
        (DEEP, "", "set of folders cannot be opened"),
        (BARE, "0x8004010F", ""),
        (SECRETS, "CONN_TIMEOUT", "failed to open"),
    ],
    ids=["java", "nginx", "journal", "windows", "bounce", "kubectl", "python", "deep", "bare", "secrets"],
)
def test_a_log_leads_to_its_code_and_its_message(trouble: None, log: str, code: str, said: str) -> None:
    address = address_from_text(log, Address(), EVERYONE)
    assert address.start == PASTED
    assert address.code == code
    assert said.lower() in address.symptom.lower()
    assert len(address.query()) < 600


@pytest.mark.parametrize("log", [JAVA, NGINX, PYTHON, SECRETS, BOUNCE])
def test_secrets_and_addresses_are_left_out(trouble: None, log: str) -> None:
    query = address_from_text(log, Address(), EVERYONE).query()
    for secret in (
        "ada",
        "s3cr3t",
        "10.1.2",
        "sk-abc",
        "hunter2",
        "AKIA",
        "4111",
        "u%3Ap",
        "MIIE",
        "bob",
        "2603",
        "%5B",
    ):
        assert secret not in query


def test_numbers_are_codes_only_where_they_are_said_to_be(trouble: None) -> None:
    text = "it failed at line 429 after 429 ms\n" * 3
    assert address_from_text(text, Address(), EVERYONE).code == ""


def test_the_page_says_what_was_found(trouble: None) -> None:
    client = Client()
    html = client.post("/troubleshoot/pasted/", {"symptom": DEEP + WINDOWS}, follow=True).content.decode()
    assert "Found in what you gave:" in html
    assert "<code>0x8004010F</code>" in html
    assert "“The set of folders cannot be opened”" in html
    assert "all is well" not in html


def test_the_page_says_that_nothing_was_found(trouble: None) -> None:
    html = (
        Client().post("/troubleshoot/pasted/", {"symptom": "zz qq ww\nblah blah\n" * 30}, follow=True).content.decode()
    )
    assert "No error code and no message that the guides know was found" in html


def test_it_is_said_at_the_first_step_only(trouble: None) -> None:
    client = Client()
    assert "Found in what you gave" in client.get("/troubleshoot/?symptom=it+says+CONN_TIMEOUT").content.decode()
    html = client.get("/troubleshoot/?start=questions").content.decode()
    question = html.split("start=questions&amp;")[1].split("=")[0]
    later = client.get(f"/troubleshoot/?symptom=it+says+CONN_TIMEOUT&start=pasted&{question}=unsure").content.decode()
    assert "Found in what you gave" not in later
    assert "Found in what you gave" not in client.get("/troubleshoot/?symptom=hello+there").content.decode()


def test_a_short_text_is_kept_as_it_was_typed_without_what_opens_something(trouble: None) -> None:
    typed = "my password is not accepted, and the token expired"
    assert address_from_text(typed, Address(), EVERYONE) == Address(symptom=typed)
    kept = address_from_text("it fails with api_key=sk-abcdefabcdefabcdef1234 today", Address(), EVERYONE).symptom
    assert kept == "it fails with api_key=[secret] today"


def test_what_was_said_before_is_kept(trouble: None) -> None:
    client = Client()
    response = client.post("/troubleshoot/pasted/", {"symptom": NGINX, "category": "api", "code": "CONN_TIMEOUT"})
    assert "category=api&code=CONN_TIMEOUT" in response.headers["Location"]


@pytest.mark.parametrize(
    "text", ["", " \n", "\x00" * 9000, "\n" * 30_000, "(" * 20_000, "a\u0301" * 15_000, "失敗 " * 9000]
)
def test_any_text_leads_somewhere(trouble: None, text: str) -> None:
    response = Client().post("/troubleshoot/pasted/", {"symptom": text})
    assert response.status_code == 302
    assert len(response.headers["Location"]) < 2000
