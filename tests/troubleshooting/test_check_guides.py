"""What `check_guides` says of a folder, without loading it."""

from __future__ import annotations

import json
import textwrap
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image as Picture
from pytest_django import Settings

from kb.content.doubts import NEITHER
from kb.content.explaining import NO_PROBLEM
from kb.content.findings import FileFinding
from kb.library.folders import load
from kb.models.audience import EVERYONE, INSIDERS
from tests.conftest import CONTENT
from troubleshooting.catalogue import from_folder
from troubleshooting.catalogue.from_folder import FolderLibrary
from troubleshooting.evaluation.checks import run as checking
from troubleshooting.evaluation.checks import walk_files, walk_trials
from troubleshooting.evaluation.checks.walk_files import WalkCase

GOOD = """
# Login

**Symptoms:**
- The login page says no

**Solution:**
1. Type slowly.
"""
SUPPORT = "---\nname: Support\nfor: [Login]\n---\nWe help.\n"


def write(folder: Path, **files: str) -> Path:
    """Write guides; `_` in a name stands for `/`, and `contacts_` and `walks_` get their own endings."""
    for name, text in files.items():
        path = folder / f"{name.replace('_', '/')}{'.yml' if name.startswith('walks') else '.md'}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"))
    return folder


def found(folder: Path) -> list[tuple[str, str]]:
    """(severity, message with its place) of everything that is wrong."""
    return [(f.severity, f"{f.file}:{f.line}: {f.message}") for f in checking.check([folder])]


@pytest.mark.slow
def test_the_shipped_guides_and_their_walks_have_no_finding() -> None:
    assert checking.as_lines(checking.check([CONTENT])) == []


def test_there_are_walks_beside_the_shipped_guides() -> None:
    cases = [path.read_text().count("expect:") for path in (CONTENT / "walks").glob("*.yml")]
    assert sum(cases) >= 8


def test_a_good_folder_has_no_finding(folder: Path) -> None:
    assert found(write(folder, login=GOOD, contacts_support=SUPPORT)) == []


def test_what_a_load_refuses_is_an_error_with_its_line(folder: Path) -> None:
    write(folder, login=GOOD, contacts_support=SUPPORT, bad="---\ntitle: [\n---\n# Bad\n")
    (folder / "binary.md").write_bytes(b"# A\n\n\xff\n")
    errors = found(folder)
    assert [severity for severity, _ in errors] == ["error", "error"]
    assert [line.rsplit(": ", 2)[0].split(": ")[0] for _, line in errors] == ["bad.md:3", "binary.md:3"]


def test_what_lint_says_is_told_also_of_a_guide_that_is_refused(folder: Path) -> None:
    tree = "\n## Decision tree\n- Is it on?\n  - Yes: [Nowhere](#nowhere)\n  - No: [Login](login.md)\n"
    write(folder, login=GOOD + tree + "\n![](x.png)\n", contacts_support=SUPPORT)
    told = found(folder)
    assert ("warning", "login.md:14: This image has no description: write one between [ and ].") in told
    assert any(severity == "error" and line.startswith("login.md:11:") for severity, line in told)


def test_links_to_nowhere_are_errors_at_their_line(folder: Path) -> None:
    links = "See [a](gone.md), [b](#solutions), [c](other.md#parts), [d](other.md#part), [e](contacts/support.md)"
    links += " and [f](#login).\n"
    write(folder, login=GOOD + "\n" + links, other=f"{GOOD}\n## Part\n\nText.\n", contacts_support=SUPPORT)
    lines = [line for severity, line in found(folder) if severity == "error"]
    assert lines == [
        "login.md:9: The link leads to '#solutions', but login.md has no heading with that anchor.",
        "login.md:9: The link leads to 'gone.md', which is no guide and no contact of this folder.",
        (
            "login.md:9: The link leads to 'other.md#parts', but other.md has no heading with that anchor. "
            "Did you mean '#part'?"
        ),
    ]


def test_a_picture_that_is_not_shown_is_a_warning(folder: Path) -> None:
    write(folder, login=GOOD + "\n![A screen](screen.png)\n", contacts_support=SUPPORT)
    assert found(folder) == [
        (
            "warning",
            "login.md:9: The picture 'screen.png' is not shown, because it is not here: put it there or mend its path.",
        )
    ]


# Authored questions


def tree(*lines: str) -> str:
    return "\n## Decision tree\n" + "\n".join(lines) + "\n"


def test_a_question_asked_again_on_its_way_is_an_error(folder: Path) -> None:
    again = tree(
        "- Is it on?",
        "  - Yes:",
        "    - is it on",
        "      - Yes: [Login](login.md)",
        "      - No: [Support](contacts/support.md)",
        "  - No: [Login](login.md)",
    )
    write(folder, login=GOOD + again, contacts_support=SUPPORT)
    assert found(folder) == [
        (
            "error",
            (
                "login.md:12: 'is it on' is asked at line 10 already, on the way here: "
                "its other answers can't be reached. Ask it once."
            ),
        )
    ]


def test_a_question_with_one_answer_and_an_answer_without_goal_are_errors(folder: Path) -> None:
    write(folder, login=GOOD + tree("- Is it on?", "  - Yes: [Login](login.md)"), contacts_support=SUPPORT)
    write(folder, other="# Other\n" + tree("- Is it off?", "  - Yes", "  - No: [Login](login.md)"))
    lines = [line for severity, line in found(folder) if severity == "error"]
    assert any("login.md:10: The question 'Is it on?' has only one answer" in line for line in lines)
    assert any("other.md:5: The answer 'Yes' leads nowhere" in line for line in lines)


def test_a_public_answer_that_leads_to_a_guide_for_staff_is_a_dead_end(folder: Path) -> None:
    secret = "---\naudience: staff\n---\n" + GOOD.replace("Login", "Vault").replace("page", "door")
    asked = tree("- Is it on?", "  - Yes: [Vault](vault.md)", "  - No: [Support](contacts/support.md)")
    write(folder, triage="# Triage\n" + asked, vault=secret, contacts_support=SUPPORT)
    lines = [line for severity, line in found(folder) if severity == "error"]
    assert lines == ["triage.md:5: 'Vault' is a dead end for the public: only staff may read vault.md."]


def test_trees_that_lead_to_each_other_are_a_circle(folder: Path) -> None:
    def asking(name: str, other: str) -> str:
        text = GOOD.replace("Login", name).replace("login", name)
        return text + tree(f"- Is {name} on?", f"  - Yes: [{other}]({other}.md)", "  - No: [S](contacts/s.md)")

    write(folder, one=asking("one", "two"), two=asking("two", "one"), contacts_s=SUPPORT)
    lines = [line for severity, line in found(folder) if severity == "error"]
    assert len(lines) == 1
    assert "This answer leads in a circle: to the questions at" in lines[0]
    write(folder, two=GOOD.replace("Login", "two").replace("login", "two"))
    assert found(folder) == []


# Problems and symptoms


def guide(name: str, *symptoms: str, head: str = "") -> str:
    return f"{head}# {name}\n\n**Symptoms:**\n" + "\n".join(f"- {s}" for s in symptoms) + "\n\n**Solution:**\n1. Do.\n"


def test_two_problems_that_no_question_tells_apart_are_a_warning(folder: Path) -> None:
    write(folder, a=guide("First", "It hums"), b=guide("Second", "It hums (often)"), contacts_support=SUPPORT)
    assert found(folder) == [
        (
            "warning",
            (
                "b.md:1: No question tells 'Second' from 'First' (a.md:1): "
                "give one of them a symptom of its own, or join them."
            ),
        )
    ]


@pytest.mark.parametrize("head", ["---\ncategory: Elsewhere\n---\n", "---\napplies_to: [Mac]\n---\n"])
def test_a_category_or_a_product_tells_two_problems_apart(folder: Path, head: str) -> None:
    other = "---\ncategory: Here\napplies_to: [Linux]\n---\n"
    write(folder, a=guide("First", "It hums", head=other), b=guide("Second", "It hums", head=head))
    assert not any("No question tells" in line for _, line in found(folder))


ALIKE = [
    ("Requests hang for a minute", "The request hangs for about a minute"),
    ("The page loads very slowly", "Page is loading slowly"),
    ("Cannot connect to the server", "Can't connect to server"),
    ("The app crashes at startup", "The apps crash on start-up"),
    ("Outlook asks for a pasword again", "Outlook asks for a password again"),
]
UNLIKE = [
    ("Requests return 401 Unauthorized", "Requests return 403 Unauthorized"),
    ("The error code is `KEY_REVOKED`", "The error code is `KEY_INVALID`"),
    ("VirtApiErrorsHigh fires all day", "VirtHandlerErrorsHigh fires all day"),
    ("E-mails are sent to the customer", "E-mails are not sent to the customer"),
    ("Letters are not sent to customers", "Letters are not received by customers"),
    ("The screen flickers", "The screen is black"),
]


def test_symptoms_that_are_nearly_the_same_are_a_warning_with_the_wording(folder: Path) -> None:
    """The wording that more problems use is suggested, wherever it stands."""
    kept, odd = zip(*ALIKE, strict=True)
    write(folder, a=guide("Third", *odd), b=guide("First", *kept), c=guide("Second", "It hums", *kept))
    write(folder, contacts_support=SUPPORT)
    told = [line for _, line in found(folder)]
    assert told == [
        f"a.md:{line}: The symptom '{other}' is nearly the same as '{one}' (b.md:{line}): "
        "word it that way, and one question serves both."
        for line, (one, other) in enumerate(ALIKE, start=4)
    ]


def test_symptoms_that_say_something_else_are_left_alone(folder: Path) -> None:
    one, other = zip(*UNLIKE, strict=True)
    write(folder, a=guide("First", *one), b=guide("Second", *other), contacts_support=SUPPORT)
    assert found(folder) == []


# Contacts


def test_a_contact_that_is_none_is_an_error_at_its_line(folder: Path) -> None:
    write(folder, login="---\ntitle: Login\ncontacts: [suport, support]\n---" + GOOD, contacts_support=SUPPORT)
    assert found(folder) == [("error", "login.md:3: There is no contact 'suport'. Did you mean 'support'?")]


def test_hours_that_are_not_understood_are_a_warning_at_their_line(folder: Path) -> None:
    write(folder, contacts_desk="---\nname: Desk\nhours: mornings\n---\n")
    (finding,) = [each for each in checking.check([folder]) if each.file == "contacts/desk.md"]
    assert (finding.line, finding.severity) == (3, "warning")
    assert "The hours 'mornings' are shown as they stand" in finding.message


def test_a_trigger_that_nobody_takes_is_a_warning_at_its_line(folder: Path) -> None:
    when = "\n## When to escalate\n\n- **Data loss**: records are gone\n- The login is broken for everybody\n"
    write(folder, login=GOOD + when, contacts_support=SUPPORT)
    (message,) = found(folder)
    assert message[0] == "warning"
    assert message[1].startswith("login.md:11: Nobody takes the trigger 'Data loss: records are gone'")


def test_a_folder_without_contacts_is_told_of_once(folder: Path) -> None:
    write(folder, login=GOOD + "\n## When to escalate\n\n- Data loss\n")
    assert [line for _, line in found(folder)] == [
        "contacts:1: There is no contact: a walk in which nothing helps ends with nobody to ask."
    ]


# Walks


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> FolderLibrary:
    """A few guides, read once."""
    folder = tmp_path_factory.mktemp("asking")
    head = "---\ncategory: Access\n---\n"
    write(
        folder,
        refused=guide("Refused", "The login page says no", "It worked before", head=head),
        locked=guide("Locked", "The login page says no", "The account is locked `LOCKED_1`", head=head),
        busy=guide("Busy", "The error code 429 is shown", "Others are slow"),
        paper="---\ncategory: Devices\n---\n" + guide("Paper", "The printer blinks"),
        vault="---\naudience: staff\n---\n" + guide("Vault", "The vault hums"),
        triage="# Triage\n"
        + tree("- Is it on?", "  - Yes: [Paper](paper.md)", "  - No: [Support](contacts/support.md)"),
        contacts_support=SUPPORT,
    )
    return from_folder.read(folder)


def walks(asking: FolderLibrary, folder: Path, text: str) -> list[str]:
    """What is said of these walks, which are read from `folder` and tried on the guides."""
    items = list(walk_files.read(write(folder, walks_a=text)))
    known = {audiences: asking.catalogue(audiences) for audiences in (EVERYONE, INSIDERS)}
    cases = [item for item in items if isinstance(item, WalkCase)]
    told = [item for item in items if isinstance(item, FileFinding)]
    found = walk_trials.check(asking, cases, known, lambda: asking.engine(folder / "index"))
    return checking.as_lines([*told, *found])


def test_walks_that_lead_where_they_must_have_no_finding(asking: FolderLibrary, folder: Path) -> None:
    assert not walks(
        asking,
        folder,
        """
        - symptom: the login page refuses me
          answers:
            - it worked before: yes
          expect: refused
        - code: LOCKED_1
          expect: locked.md
        - code: error locked_1
          expect: locked.md
        - code: HTTP 429
          expect: busy
        - code: "#429"
          expect: busy
        - category: access
          answers:
            - The login page says no: yes
            - It worked before: not sure
            - The account is locked `LOCKED_1`: "No"
          expect: refused
          place: 2
        - guide: triage
          answers:
            - Is it on?: yes
          expect: paper
        - guide: triage
          answers:
            - Is it on?: no
          expect: support
        - answers:
            - Is it on: no
          expect: contacts/support.md
        - answers:
            - The vault hums: yes
          audience: staff
          expect: vault
        - answers:
            - Where is it going wrong?: Devices
          expect: paper
        """,
    )


def test_a_walk_that_leads_elsewhere_says_where(asking: FolderLibrary, folder: Path) -> None:
    told = walks(
        asking,
        folder,
        "- answers:\n    - It worked before: yes\n  expect: locked\n- guide: triage\n  expect: support\n",
    )
    assert told[0].startswith("walks/a.yml:3: 'locked' is ")
    assert "'Refused'" in told[0]
    assert told[1].startswith("walks/a.yml:5: The walk does not lead to a contact: it ends with a question.")
    told = walks(asking, folder, "- guide: triage\n  answers:\n    - Is it on?: no\n  expect: support\n  place: 1\n")
    assert told == []


def test_equal_problems_do_not_pass_for_the_first(asking: FolderLibrary, folder: Path) -> None:
    told = walks(asking, folder, "- answers:\n    - The login page says no: yes\n  expect: locked\n")
    assert told == ["walks/a.yml:3: 'locked' is at place 2, not 1; before it: 'Refused'."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- code: NOPE\n  expect: paper\n", "1: No guide that these readers see has the error code 'NOPE'."),
        (
            "- category: Acces\n  expect: paper\n",
            "1: No guide that these readers see has the category 'Acces'. Did you",
        ),
        ("- guide: vault\n  expect: paper\n", "1: No guide that these readers see has the guide 'vault'."),
        ("- symptom: x\n  expect: papr\n", "2: There is no problem and no contact 'papr' for these readers. Did you"),
        ("- symptom: x\n  expect: vault\n", "2: There is no problem and no contact 'vault'"),
        ("- answers:\n    - It wrked before: yes\n  expect: paper\n", "2: No question and no symptom reads 'It wrked"),
        ("- answers:\n    - It worked before: maybe\n  expect: paper\n", "2: A symptom is answered by yes, no or not"),
        (
            "- answers:\n    - Is it on?: Maybe\n  expect: paper\n",
            "2: 'Is it on?' has no answer 'Maybe', only 'Yes', 'No'.",
        ),
        ("- symptom: [\n", "2: This is not YAML"),
        ("symptom: x\n", "1: A file of walks is a list"),
        ("- x\n", "1: A walk is written as keys with values"),
        ("- symptom: &a x\n  expect: *a\n", "1: This uses a YAML alias or anchor"),
        ("- answers: [[[[[[[x]]]]]]]\n", "1: This is nested too deeply"),
        ("- symptom: x\n", "1: This walk expects nothing"),
        ("- expect: paper\n", "1: This walk says nothing"),
        ("- symptom: x\n  expcet: paper\n", "2: 'expcet' is no part of a walk"),
        ("- symptom: x\n  symptom: y\n", "2: 'symptom' is there twice"),
        ("- symptom: [x]\n  expect: paper\n", "1: Here should be a text on one line."),
        ("- symptom: ''\n  expect: paper\n", "1: Here should be a text on one line."),
        (f"- symptom: {'x' * 1001}\n  expect: paper\n", "1: This text is over 1000 characters"),
        ("- symptom: x\n  expect: paper\n  place: 0\n", "3: 'place' is a number from 1 to 100."),
        ("- symptom: x\n  expect: paper\n  place: first\n", "3: 'place' is a number from 1 to 100."),
        ("- symptom: x\n  expect: paper\n  audience: all\n", "3: 'audience' is public or staff."),
        ("- answers: x\n  expect: paper\n", "1: 'answers' is a list"),
        ("- answers: [x]\n  expect: paper\n", "1: An answer is written 'question: answer'."),
        ("- symptom: \x01\n", "1: This is not YAML: it holds a character"),
    ],
)
def test_a_walk_that_cannot_be_read_is_told_of_with_its_line(
    asking: FolderLibrary, folder: Path, text: str, said: str
) -> None:
    (told,) = walks(asking, folder, text)
    assert told.startswith(f"walks/a.yml:{said}"), told


def test_a_bad_walk_keeps_no_other_from_being_tried(asking: FolderLibrary, folder: Path) -> None:
    told = walks(asking, folder, "- symptom: x\n- answers: [It worked before: yes]\n  expect: locked\n")
    assert [line.split(": ")[0] for line in told] == ["walks/a.yml:1", "walks/a.yml:3"]


def test_walk_files_that_are_too_large_or_no_text_are_told_of(folder: Path) -> None:
    (folder / "walks").mkdir()
    (folder / "walks" / "large.yml").write_text("#" * 200_001)
    (folder / "walks" / "latin.yaml").write_bytes(b"- a\n- \xff\n")
    (folder / "walks" / "empty.yml").write_text("# nothing yet\n")
    (folder / "walks" / "gone.yml").symlink_to("/etc/passwd")
    assert checking.as_lines(item for item in walk_files.read(folder) if isinstance(item, FileFinding)) == [
        "walks/large.yml:1: This file is over 200 kB: part it.",
        "walks/latin.yaml:2: This line is not UTF-8: save the file as UTF-8.",
    ]


def test_walks_are_tried_when_a_folder_is_checked_and_left_alone_when_it_is_loaded(folder: Path, db: None) -> None:
    write(folder, login=GOOD, contacts_support=SUPPORT, walks_a="- symptom: x\n")
    assert found(folder)[0][1].startswith("walks/a.yml:1: This walk expects nothing")
    report = load.load([folder])
    assert sorted(report.new) == ["contacts/support.md", "login.md"]
    assert not report.failed


# The command


def run(*arguments: str, told: StringIO | None = None) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("check_guides", *arguments, stdout=out, stderr=told or StringIO())
    except SystemExit as stop:
        return int(str(stop.code)), out.getvalue()
    return 0, out.getvalue()


def test_the_command_fails_on_errors_and_not_on_warnings(folder: Path) -> None:
    write(folder, login=GOOD)
    code, out = run(str(folder))
    assert code == 0
    assert out.startswith("contacts:1: warning: There is no contact")
    write(folder, bad="See [it](gone.md).")
    code, out = run(str(folder))
    assert code == 1
    assert "\nbad.md:1: The link leads to 'gone.md'" in f"\n{out}"


def test_the_findings_as_json(folder: Path) -> None:
    write(folder, bad="# Bad\n\nSee [it](gone.md).\n", contacts_support=SUPPORT)
    code, out = run("--json", str(folder))
    assert code == 1
    assert json.loads(out) == [
        {
            "file": "bad.md",
            "line": 3,
            "severity": "error",
            "message": "The link leads to 'gone.md', which is no guide and no contact of this folder.",
        }
    ]


def test_without_a_path_the_content_folder_is_checked(folder: Path, settings: Settings) -> None:
    settings.CONTENT_DIR = write(folder, login=GOOD, contacts_support=SUPPORT)
    assert run() == (0, "")


def test_a_part_of_the_content_is_judged_beside_the_rest(folder: Path, settings: Settings) -> None:
    write(folder, a_one="# One\n\n[b](../b/two.md), [c](gone.md)\n", b_two="# Two\n\n[c](gone.md)\n")
    settings.CONTENT_DIR = folder
    for part in (folder / "a", folder / "a" / "one.md"):
        findings = checking.check([part])
        assert findings == [
            FileFinding(
                "a/one.md", 3, "error", "The link leads to 'gone.md', which is no guide and no contact of this folder."
            )
        ]


def test_a_single_file_elsewhere_is_judged_in_its_folder(folder: Path) -> None:
    write(folder, one="# One\n\n[b](two.md)\n", two="# Two\n\n[c](gone.md)\n")
    assert run(str(folder / "one.md")) == (0, "")


def test_a_path_that_is_not_there_is_said(folder: Path) -> None:
    with pytest.raises(CommandError, match="There is no"):
        run(str(folder / "gone"))


@pytest.mark.corpora
@pytest.mark.parametrize("name", ["corpora/outlook", "corpora/openshift-runbooks", "corpora/technotes", "seeds"])
def test_guides_of_others_can_be_checked(corpora: Path, name: str) -> None:
    findings = checking.check([corpora / name])
    assert findings == sorted(findings)
    assert not any("could not be read" in finding.message for finding in findings)


def test_a_load_says_what_is_wrong_with_guides_together(folder: Path, db: None) -> None:
    one = "# One\n\n## Symptoms\n- The printer does not print\n\n## Fix\n1. Wait.\n"
    two = "# Two\n\n[Elsewhere](nowhere.md)\n\n## Symptoms\n- The printer won't print\n\n## Fix\n1. Go.\n"
    write(folder, one=one, two=two)
    said = "\n".join(load.load([folder]).warnings)
    assert "two.md:3: " in said
    assert "The printer does not print" in said
    assert load.load([folder]).warnings == []


@pytest.mark.django_db
@pytest.mark.parametrize("damage", ["half", "text"])
def test_a_damaged_picture_is_said_in_the_words_of_a_load(folder: Path, damage: str) -> None:
    write(folder, login=GOOD + "\n![A screen](media/screen.png)\n", contacts_support=SUPPORT)
    picture = folder / "media" / "screen.png"
    picture.parent.mkdir()
    Picture.effect_noise((300, 200), 50).save(picture)
    assert found(folder) == []
    whole = picture.read_bytes()
    picture.write_bytes(whole[: len(whole) // 2] if damage == "half" else b"no picture")
    (refusal,) = load.load([folder], dry_run=True).failed
    assert found(folder) == [("error", str(refusal))]
    assert refusal.source == "media/screen.png"


@pytest.mark.django_db
def test_synonyms_that_can_not_be_used_are_said_in_the_words_of_a_load(folder: Path) -> None:
    write(folder, login=GOOD, contacts_support=SUPPORT)
    (folder / "synonyms.txt").write_text("mail, post\nalone\n")
    (refusal,) = load.load([folder], dry_run=True).failed
    assert found(folder) == [("error", str(refusal))]
    assert refusal.line == 2


def test_the_totals_say_how_many_guides_tell_of_a_problem(folder: Path, settings: Settings) -> None:
    settings.CONTENT_DIR = write(folder, login=GOOD, a_how="# Enable it\n\nIt is off.\n", contacts_support=SUPPORT)
    told = StringIO()
    run(told=told)
    assert told.getvalue().splitlines()[-1] == ("2 guides: 1 with a problem, 1 with a symptom and a step, 1 without.")
    told = StringIO()
    run(str(folder / "a"), told=told)
    assert told.getvalue().splitlines()[-1] == "1 guide: 0 with a problem, 0 with a symptom and a step, 1 without."


def test_one_guide_is_explained_as_the_editor_does_and_nothing_is_checked(folder: Path) -> None:
    write(folder, login=GOOD + "\n[gone](gone.md)\n", how="# How it works\n\nIt works.\n")
    assert run("--explain", str(folder / "login.md")) == (
        0,
        (
            "line 1: Problem: Login (1 symptom, 1 step)\n"
            "  line 4: Symptom: The login page says no\n"
            "  line 7: Step: Type slowly.\n"
        ),
    )
    code, out = run("--explain", str(folder / "how.md"))
    assert code == 0
    assert out.splitlines() == [NO_PROBLEM, NEITHER]


@pytest.mark.parametrize(
    ("name", "said"), [("gone.md", "There is no file"), ("bad.md", "bad.md:3: "), (".", "There is no file")]
)
def test_a_file_that_can_not_be_explained_is_named(folder: Path, name: str, said: str) -> None:
    write(folder, bad="---\ntitle: [\n---\n# Bad\n")
    with pytest.raises(CommandError, match=said):
        run("--explain", str(folder / name))
