"""Search by meaning: the model, what is kept of guides, who sees it, and what happens when the model is no good."""

from __future__ import annotations

import importlib.util
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from pytest_django import Settings

from kb.library import meaning, publication, retiring
from kb.models import Guide, GuideMeaning
from kb.models.audience import EVERYONE, INSIDERS
from kb.search.index.contract import GuideDocument
from kb.search.index.documents import digests_for
from kb.search.meaning import part, store, vectors
from kb.search.meaning.model import SentenceModel, UnusableModel
from kb.search.meaning.pieces import LONGEST, MOST_OF_GUIDE, pieces
from tests.conftest import WriteGuide
from tests.support.indexed import guide, section
from tests.support.sentence_model import model_folder

ROOT = Path(__file__).resolve().parent.parent.parent
PDF = "# Empty exports\n\n## Fix\n\nWhen you print to a PDF file, the document has no pages: renew the driver.\n"
BIRDS = "# Feeding birds\n\n## Seeds\n\nSparrows like sunflower seeds in the winter.\n"
VAULT = "---\naudience: staff\n---\n# Vault\n\n## Fix\n\nExported reports come out blank when the vault is locked.\n"
ASKED = "my report comes out blank as portable document"


@pytest.fixture
def folder_of_model(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    settings.SEARCH_MODEL = model_folder(tmp_path / "model")
    yield settings.SEARCH_MODEL
    part.forget()


@pytest.fixture
def bad_model(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A folder whose files are no model."""
    settings.SEARCH_MODEL = tmp_path / "bad"
    settings.SEARCH_MODEL.mkdir()
    for name in ("model.onnx", "tokenizer.json"):
        (settings.SEARCH_MODEL / name).write_text("no model")
    yield settings.SEARCH_MODEL
    part.forget()


def skip_without(*modules: str) -> None:
    """Skip the test where a module is not installed; none is imported, since their order matters."""
    if not all(map(importlib.util.find_spec, modules)):
        pytest.skip(f"{' and '.join(modules)}: not all installed; make setup MEANING=yes brings them")


def opened() -> part.SearchByMeaning:
    found = part.configured()
    assert found
    return found


def model() -> SentenceModel:
    found = opened().model()
    assert found
    return found


def nearest(text: str, audiences: frozenset[str] = EVERYONE) -> list[str]:
    titles = dict(Guide.objects.values_list("pk", "title"))
    return [titles[near.guide_id] for near in opened().nearest(text, audiences)]


def read_all() -> None:
    while meaning.read_some():
        pass


# Pieces


def long_guide() -> GuideDocument:
    return guide(1, "Long", section("Tale", "It rains and rains. " * 200), section("Empty", ""))


def test_a_long_section_is_cut_into_pieces_that_end_with_a_sentence() -> None:
    found = pieces(long_guide())
    assert [piece.anchor for piece in found] == ["tale"] * (len(found) - 1) + ["empty"]
    texts = [piece.text.removeprefix("Long\nTale\n") for piece in found[:-1]]
    assert len(texts) == 4
    assert all(len(text) <= LONGEST and text.endswith("rains.") for text in texts)
    assert "".join(texts).count("It rains and rains.") == 200


def test_a_piece_says_what_it_is_of() -> None:
    assert pieces(long_guide())[-1].text == "Long\nEmpty"
    assert pieces(guide(1, "Same", section("Same", "Text.")))[0].text == "Same\nText."


def test_words_without_an_end_are_cut_all_the_same() -> None:
    wall = guide(1, "Wall", section("Brick", "x" * 2500))
    assert "".join(piece.text.removeprefix("Wall\nBrick\n") for piece in pieces(wall)) == "x" * 2500


def test_of_a_guide_without_end_the_beginning_is_read() -> None:
    endless = guide(1, "Endless", *(section(f"Part {number}", "Text.") for number in range(MOST_OF_GUIDE + 5)))
    assert len(pieces(endless)) == MOST_OF_GUIDE


# The model


@pytest.mark.usefixtures("folder_of_model")
def test_texts_that_mean_the_same_are_nearer_than_others() -> None:
    asked = model().embed_query("the exported file is blank")
    same, other = model().embed(["The PDF has empty pages", "Sparrows like sunflower seeds"])
    assert float(asked @ same) > float(asked @ other) + 0.3


@pytest.mark.usefixtures("folder_of_model")
def test_a_text_has_the_same_vector_alone_and_among_longer_ones() -> None:
    alone = model().embed(["Short text"])[0]
    among = model().embed(["A much longer text, with many more words than the other one has. " * 9, "Short text"])[1]
    assert float(alone @ among) > 0.99
    assert model().embed([]).shape == (0, 384)


def test_a_folder_without_a_model_is_told_of_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnusableModel, match=r"must hold model\.onnx and tokenizer\.json"):
        SentenceModel(tmp_path)


# What is kept


@pytest.mark.django_db
@pytest.mark.usefixtures("folder_of_model")
def test_a_guide_is_found_by_words_that_it_does_not_have(write_guide: WriteGuide) -> None:
    write_guide(PDF, "pdf.md")
    write_guide(BIRDS, "birds.md")
    read_all()
    assert nearest(ASKED)[0] == "Empty exports"
    assert nearest("what do little animals that fly eat when it is cold")[0] == "Feeding birds"


@pytest.mark.django_db
@pytest.mark.usefixtures("folder_of_model")
def test_what_is_for_staff_is_near_to_nothing_for_others(write_guide: WriteGuide) -> None:
    write_guide(PDF, "pdf.md")
    write_guide(VAULT, "vault.md")
    read_all()
    assert nearest(ASKED) == ["Empty exports"]
    assert set(nearest(ASKED, INSIDERS)) == {"Empty exports", "Vault"}


@pytest.mark.django_db
@pytest.mark.usefixtures("folder_of_model")
def test_a_changed_guide_is_read_anew_and_a_retired_one_forgotten(write_guide: WriteGuide, eve: User) -> None:
    pdf = write_guide(PDF, "pdf.md")
    read_all()
    before = store.stamp()
    assert meaning.read_some() == 0
    assert store.stamp() == before
    write_guide(BIRDS, "pdf.md")
    assert meaning.read_some() == 1
    assert nearest("what do sparrows eat") == ["Feeding birds"]
    retiring.retire([Guide.objects.get(pk=pdf.pk)], by=eve)
    meaning.read_some()
    assert nearest("what do sparrows eat") == []


@pytest.mark.django_db
@pytest.mark.usefixtures("folder_of_model")
def test_pieces_that_stay_keep_their_vectors(write_guide: WriteGuide, monkeypatch: pytest.MonkeyPatch) -> None:
    write_guide(f"{PDF}\n## More\n\nOld words.\n", "pdf.md")
    read_all()
    texts: list[str] = []
    embed = SentenceModel.embed
    monkeypatch.setattr(SentenceModel, "embed", lambda self, new: texts.extend(new) or embed(self, new))
    write_guide(f"{PDF}\n## More\n\nNew words.\n", "pdf.md")
    read_all()
    assert texts == ["Empty exports\nMore\nNew words."]
    assert nearest(ASKED) == ["Empty exports"]


@pytest.mark.django_db
@pytest.mark.usefixtures("folder_of_model")
def test_reading_goes_on_where_it_ended(write_guide: WriteGuide) -> None:
    for number in range(3):
        write_guide(f"# Guide {number}\n\n## Fix\n\nText {number}.\n", f"{number}.md")
    assert [store.read_some(model(), most=1) for _ in range(4)] == [1, 1, 1, 0]
    assert store.progress(digests_for(), model().digest) == store.Progress(3, 3)


@pytest.mark.django_db
@pytest.mark.usefixtures("folder_of_model")
def test_vectors_of_another_model_count_for_nothing(write_guide: WriteGuide) -> None:
    write_guide(PDF, "pdf.md")
    read_all()
    GuideMeaning.objects.update(model="another")
    part.forget()
    assert nearest(ASKED) == []
    read_all()
    assert nearest(ASKED) == ["Empty exports"]


@pytest.mark.django_db
@pytest.mark.usefixtures("folder_of_model")
def test_vectors_that_do_not_fit_are_left_out(write_guide: WriteGuide) -> None:
    write_guide(PDF, "pdf.md")
    write_guide(BIRDS, "birds.md")
    read_all()
    row = GuideMeaning.objects.get(guide__title="Empty exports")
    row.pk, row.vectors = None, bytes(row.vectors)[:100]
    GuideMeaning.objects.filter(guide=row.guide).delete()
    row.save(force_insert=True)
    assert nearest(ASKED) == ["Feeding birds"]


@pytest.mark.django_db
@pytest.mark.usefixtures("folder_of_model")
def test_an_index_finds_what_looking_at_all_finds(write_guide: WriteGuide, monkeypatch: pytest.MonkeyPatch) -> None:
    skip_without("usearch")
    write_guide(PDF, "pdf.md")
    write_guide(BIRDS, "birds.md")
    read_all()
    looked_at = [(near.guide_id, round(near.similarity, 2)) for near in opened().nearest(ASKED, EVERYONE)]
    monkeypatch.setattr(vectors, "ENOUGH_FOR_AN_INDEX", 0)
    part.forget()
    by_index = [(near.guide_id, round(near.similarity, 2)) for near in opened().nearest(ASKED, EVERYONE)]
    assert by_index == looked_at


@pytest.mark.slow
def test_an_index_that_is_made_before_the_model_is_opened_loads_what_runs_the_model_first() -> None:
    """The other way round, loading the second ends the process."""
    skip_without("usearch", "onnxruntime")
    code = (
        "import sys, django; django.setup(); import numpy as np; from kb.search.meaning import vectors\n"
        "vectors.ENOUGH_FOR_AN_INDEX = 1\n"
        "made = vectors.Matrix(np.array([1, 2]), ['', ''], np.eye(2, dtype=np.float32))\n"
        "loaded = [name for name in sys.modules if name in ('onnxruntime', 'usearch')]\n"
        "import onnxruntime\n"
        "print(*loaded, [near.guide_id for near in made.nearest(np.array([0, 1], np.float32), 1)])\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "kb.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "onnxruntime usearch [2]"), done.stderr


# What people see of it


@pytest.mark.django_db
@pytest.mark.usefixtures("folder_of_model")
def test_programs_are_told_what_was_found_without_the_words(write_guide: WriteGuide, client: Client) -> None:
    write_guide(PDF, "pdf.md")
    read_all()
    (item,) = client.get("/api/v1/search", {"q": "my report comes out blank as portable papers"}).json()["items"]
    assert item["title"] == "Empty exports"
    assert 0.45 <= item["similarity"] < 1
    (item,) = client.get("/api/v1/search", {"q": "renew the driver"}).json()["items"]
    assert item["similarity"] == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("folder_of_model")
def test_the_command_reads_all_and_old_searches_are_forgotten(write_guide: WriteGuide) -> None:
    write_guide(PDF, "pdf.md")
    before, said = publication.current(), StringIO()
    call_command("embed_guides", stdout=said)
    assert "knows 1 of 1 guides" in said.getvalue()
    assert publication.current() != before


@pytest.mark.django_db
@pytest.mark.usefixtures("folder_of_model")
def test_health_and_the_studio_say_how_far_it_is(write_guide: WriteGuide, client: Client, admin_client: Client) -> None:
    write_guide(PDF, "pdf.md")
    assert client.get("/healthz").json()["meaning"] == "reading"
    assert "0 of 1 guides are known" in admin_client.get("/write/").text
    read_all()
    assert client.get("/healthz").json()["meaning"] == "ok"
    assert "All 1 guides are known" in admin_client.get("/write/").text


@pytest.mark.django_db
@pytest.mark.usefixtures("folder_of_model")
def test_guides_that_are_much_alike_are_related(write_guide: WriteGuide, client: Client, admin_client: Client) -> None:
    write_guide(PDF, "pdf.md")
    write_guide(BIRDS, "birds.md")
    write_guide("# Blank PDF files\n\n## Fix\n\nPrint to a PDF again with another driver.\n", "blank.md")
    write_guide(f"---\naudience: staff\n---\n{PDF}".replace("Empty exports", "Empty PDF exports"), "staff.md")
    read_all()
    page = client.get("/guides/pdf/").text.partition("Related guides")[2]
    assert "Blank PDF files" in page
    assert "Feeding birds" not in page
    assert "Empty PDF exports" not in page
    assert "Empty PDF exports" in admin_client.get("/guides/pdf/").text.partition("Related guides")[2]


@pytest.mark.django_db
@pytest.mark.usefixtures("folder_of_model")
def test_the_report_joins_searches_that_mean_the_same(client: Client) -> None:
    for text in ("forgot password", "reset password", "reset the password", "print birds"):
        client.get("/search/", {"q": text})
    said = StringIO()
    call_command("search_report", stdout=said)
    lines = [line.strip() for line in said.getvalue().splitlines()]
    assert "3  reset password" in lines
    assert lines[lines.index("3  reset password") + 1] == "and in other words: forgot password"
    assert "1  print birds" in lines


@pytest.mark.django_db
@pytest.mark.usefixtures("folder_of_model")
def test_a_hit_without_the_words_says_so(write_guide: WriteGuide, client: Client) -> None:
    write_guide(PDF, "pdf.md")
    write_guide(VAULT, "vault.md")
    read_all()
    page = client.get("/search/", {"q": "printouts are blank"}).text
    assert "Empty exports" in page
    assert "Perhaps related: it has none of your words" in page
    assert "Vault" not in page
    assert "hit__meaning" not in client.get("/search/", {"q": "sparrows"}).text


@pytest.mark.django_db
@pytest.mark.usefixtures("bad_model")
def test_a_model_that_cannot_be_run_is_told_of_once_and_searching_goes_on(
    write_guide: WriteGuide, client: Client, admin_client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    write_guide(PDF, "pdf.md")
    with caplog.at_level(logging.ERROR):
        assert client.get("/healthz").json()["meaning"] == "failed"
        assert nearest(ASKED) == []
        assert meaning.read_some() == 0
        assert "Empty exports" in client.get("/search/", {"q": "exports"}).text
    assert [record.message.partition(":")[0] for record in caplog.records] == ["Guides are searched by words only"]
    assert "guides are searched by words only" in admin_client.get("/write/").text
    with pytest.raises(CommandError, match="KB_SEARCH_MODEL"):
        call_command("embed_guides")


@pytest.mark.django_db
def test_nothing_tells_of_it_while_it_is_off(client: Client, admin_client: Client) -> None:
    assert "meaning" not in client.get("/healthz").json()
    assert "Search by meaning" not in admin_client.get("/write/").text
    assert part.configured() is None
