"""Where very many problems lie in one place, the words that their symptoms share are asked for."""

from __future__ import annotations

import random

from tests.support.walk_library import guide, library, problem
from troubleshooting.catalogue.build import Catalogue
from troubleshooting.catalogue.by_word import MOST_WORDS
from troubleshooting.evaluation.measures import Evaluation
from troubleshooting.evaluation.simulation import people

PARTS = ("Scheduler", "Volume", "Router", "Certificate", "Monitor", "Database")


def alerts(number: int, category: str = "Alerts") -> Catalogue:
    """So many guides in one category, each named after its part: `KubeVolumeFault7`."""
    guides = [
        guide(f"g{i}", problem(f"p{i}", f"Kube{PARTS[i % 6]}Fault{i} was seen"), category=category)
        for i in range(number)
    ]
    return library(*guides)


def test_many_problems_in_one_place_are_told_apart_by_words() -> None:
    (topic,) = [q for q in alerts(70).planner.catalogue.questions if q.id.startswith("about")]
    assert set(topic.answers) == {part.lower() for part in PARTS} | {"none"}
    assert len(topic.answers) <= MOST_WORDS + 1


def test_words_that_nearly_all_or_nearly_none_share_are_not_asked_for() -> None:
    wording = alerts(70).published.wording("about-alerts")
    assert not {"kube", "fault", "seen"} & set(wording.answers)
    assert wording.answers["volume"] == "“volume”"
    assert wording.answers["none"] == "None of these"


def test_few_problems_are_not_asked_for_words() -> None:
    assert not [q for q in alerts(50).planner.catalogue.questions if q.id.startswith("about")]
    assert not [q for q in alerts(20, "").planner.catalogue.questions if q.id.startswith("about")]
    assert [q for q in alerts(30, "").planner.catalogue.questions if q.id == "about"]


def test_words_shorten_the_walk() -> None:
    room = alerts(90)
    several = list(people(room.published, room.planner, 60, wrong=0.0, unsure=0.0, rng=random.Random(1)))
    assert Evaluation(room.planner).report(several).after[5].top3 > 0.9
