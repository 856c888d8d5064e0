"""Plans a walk: what to believe after some answers, what to ask next, and what to try in which order.

The model is that of troubleshooting by decision theory (Heckerman, Breese and Rommelse, "Decision-theoretic
troubleshooting", Communications of the ACM 38:3, 1995): one problem is present, answers depend on it alone, and every
question and every repair has a cost. Plain arithmetic on Python lists; a step costs what the listed likelihoods cost.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from heapq import nlargest

from troubleshooting.planning.symptom_lists import LEAST_GAIN, LIST_LENGTH, NEGLIGIBLE, SymptomLists
from troubleshooting.planning.tables import (
    QUESTION_COST,
    Beliefs,
    Catalogue,
    Question,
    Table,
    compile_table,
    entropy,
    normalised,
)

QUESTIONS_WEIGHED = 6
UNTRIED = 1e-5
LISTS_KEPT = 512  # of up to six symptoms each, which is tens of kilobytes where symptoms are common


@dataclass(frozen=True, slots=True)
class Plan:
    """The problems to try (by index), in order, before handing over at the cost of `escalation`; `cost` is expected."""

    order: list[int]
    cost: float
    escalation: float


class Planner:
    """A catalogue made ready for planning; it never changes.

    `wrong` is the share of answers that are wrong, `unsure` the share that are 'not sure'; `escalation` is the cost of
    handing over instead of repairing (infinite: repairs go on until one fits). A list of symptoms has `longest_list` of
    them at most.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        wrong: float = 0.05,
        unsure: float = 0.1,
        escalation: float = math.inf,
        longest_list: int = LIST_LENGTH,
    ) -> None:
        self.catalogue = catalogue
        self.wrong, self.unsure, self.escalation = wrong, unsure, escalation
        self.index = {problem.id: i for i, problem in enumerate(catalogue.problems)}
        self.costs = [problem.cost for problem in catalogue.problems]
        self.prior = normalised([problem.prior for problem in catalogue.problems])
        self._cheapest_question = min((q.cost for q in catalogue.questions), default=QUESTION_COST)
        self._lists = SymptomLists(catalogue, self.index, longest_list)
        self._list_table = lru_cache(maxsize=LISTS_KEPT)(self._compile_list)

    @cached_property
    def _tables(self) -> dict[str, Table]:
        """The questions with their likelihoods; the first step after some words needs none of them."""
        return {question.id: compile_table(question, self.index, self.wrong) for question in self.catalogue.questions}

    def question(self, question_id: str) -> Question:
        """The question with this id, or the list of symptoms that the id spells out; KeyError when there is none."""
        return self._table(question_id).question

    def evidence(self, answers: Iterable[tuple[str, str]], given: Iterable[Mapping[str, float]] = ()) -> list[float]:
        """For each problem, how well it explains what was answered, up to a factor: the product of the likelihoods.

        `given` are further weights by problem id (1 for those left out). An answer that is not among the question's
        (such as 'not sure') changes nothing. KeyError for an unknown question.
        """
        weights = [1.0] * len(self.prior)
        for question_id, answer in answers:
            table = self._table(question_id)
            if answer in table.question.answers:
                weights = table.times_likelihood(table.question.answers.index(answer), weights)
        for factors in given:
            for problem, factor in factors.items():
                weights[self.index[problem]] *= factor
        return weights

    def beliefs(self, evidence: Sequence[float]) -> list[float]:
        """Bayes' rule: prior times evidence, normalised. Evidence against everything leaves the prior.

        Answers are independent of each other once the problem is known, as in a naive Bayes classifier.
        """
        return normalised([p * w for p, w in zip(self.prior, evidence, strict=True)]) or list(self.prior)

    def gain(self, question_id: str, beliefs: Beliefs) -> float:
        """The bits expected from an answer: I(A; P) = H(A) - H(A | P), times the chance that there is one.

        Lindley, "On a measure of the information provided by an experiment", 1956; 'not sure' says nothing of P.
        """
        return self._gain(self._table(question_id), beliefs)

    def likeliest_answer(self, question_id: str, problem: str) -> str:
        """What a person with this problem answers most often."""
        table = self._table(question_id)
        row = table.row_of(self.index[problem])
        return table.question.answers[max(range(len(row)), key=row.__getitem__)]

    def likeliest_answers(self, question_id: str, problems: Iterable[str]) -> list[str]:
        """The likeliest answer for each of these problems that the question tells of."""
        question = self._table(question_id).question
        told = (problem for problem in problems if question.default or problem in question.likelihood)
        return [self.likeliest_answer(question_id, problem) for problem in told]

    def ranked(self, beliefs: Beliefs, asked: Collection[str], limit: int = QUESTIONS_WEIGHED) -> list[Question]:
        """The questions not asked yet that promise most bits for their cost, best first; one list among them."""
        seen = {symptom for question_id in asked for symptom in self._table(question_id).question.symptoms}
        tables = [t for key, t in self._tables.items() if key not in asked and seen.isdisjoint(t.question.symptoms)]
        if best_list := self._lists.most_telling(beliefs, seen):
            tables.append(self._list_table(best_list))
        values = ((self._gain(table, beliefs) / table.question.cost, -k) for k, table in enumerate(tables))
        best = nlargest(limit, (pair for pair in values if pair[0] > LEAST_GAIN))
        return [tables[-k].question for _, k in best]

    def most_telling(self, beliefs: Beliefs, asked: Collection[str]) -> Question | None:
        """The question that promises most bits for its cost, whether it pays or not; None when none tells anything."""
        return next(iter(self.ranked(beliefs, asked, limit=1)), None)

    def next_question(self, beliefs: Beliefs, asked: Collection[str]) -> Question | None:
        """The most telling question that pays for itself, or None when to try repairs is cheaper than to ask on.

        As long as so little is known that handing over at once is the cheapest plan, a question has to pay beside the
        repair of whatever it is: a single one seldom changes that plan, several do.
        """
        plan = self.plan(beliefs)
        if not plan.order:
            plan = self._plan(beliefs, math.inf)
        certain = math.fsum(b * min(cost, plan.escalation) for b, cost in zip(beliefs, self.costs, strict=True))
        if plan.cost - certain <= self._cheapest_question:
            return None
        return next((question for question in self.ranked(beliefs, asked) if self._pays(question, beliefs, plan)), None)

    def pays(self, question_id: str, beliefs: Beliefs) -> bool:
        """Whether asking lowers the expected cost of the best plan by more than the question costs.

        The one-step value of information (Howard, "Information value theory", 1966).
        """
        return self._pays(self.question(question_id), beliefs, self.plan(beliefs))

    def plan(self, beliefs: Beliefs) -> Plan:
        """What to try, in order, until one fits, before handing over; the cheapest way that is expected."""
        return self._plan(beliefs, self.escalation)

    def order(self, beliefs: Beliefs, least: float = 0.0) -> list[int]:
        """The problems (by index) in the order to try them: the highest probability over cost first.

        Optimal for independent costs (Kadane and Simon, "Optimal strategies for a class of constrained sequential
        problems", 1977). Problems with a belief of `least` or less are left out.
        """
        values = {i: belief / self.costs[i] for i, belief in enumerate(beliefs) if belief > least}
        return sorted(values, key=values.__getitem__, reverse=True)

    def _plan(self, beliefs: Beliefs, escalation: float) -> Plan:
        """The order of repairs, cut where handing over becomes the cheaper way.

        Its cost is the expected cost of repair (Heckerman and others, 1995): each repair costs what it does times the
        chance that none before it fitted. Where handing over is possible, problems with next to no belief are left to
        it.
        """
        order = self.order(beliefs, UNTRIED if escalation < math.inf else 0.0)
        best, cost = 0, escalation
        spent, chance = 0.0, 1.0
        for k, i in enumerate(order, 1):
            spent += chance * self.costs[i]
            chance -= beliefs[i]
            total = spent + (chance * escalation if chance > NEGLIGIBLE else 0.0)
            if total < cost:
                best, cost = k, total
            if chance <= NEGLIGIBLE:
                break
        return Plan(order[:best] if escalation < math.inf else order, cost, escalation)

    def _cost(self, plan: Plan, beliefs: Beliefs) -> float:
        """What a plan made for other beliefs would cost."""
        spent, chance = 0.0, 1.0
        for i in plan.order:
            spent += chance * self.costs[i]
            chance -= beliefs[i]
        return spent + (chance * plan.escalation if plan.escalation < math.inf else 0.0)

    def _pays(self, question: Question, beliefs: Beliefs, plan: Plan) -> bool:
        """Whether the question saves more than it costs, when each answer leads to a plan of its own.

        The value of information (Howard, "Information value theory", 1966), one question ahead: what this plan would
        cost after each answer, less what the best one then costs, times the chance of the answer. No answer saves less
        than nothing, so that summing may stop once enough is saved.
        """
        table = self._table(question.id)
        least = question.cost / max(1 - self.unsure, NEGLIGIBLE)
        saved = 0.0
        chances, _ = table.chances(beliefs)
        for answer in sorted(range(len(chances)), key=chances.__getitem__, reverse=True):
            if saved > least or chances[answer] <= NEGLIGIBLE:
                break
            after = normalised(table.times_likelihood(answer, beliefs))
            saved += chances[answer] * (self._cost(plan, after) - self._plan(after, plan.escalation).cost)
        return saved > least

    def _table(self, question_id: str) -> Table:
        return self._tables.get(question_id) or self._list_table(question_id)

    def _compile_list(self, question_id: str) -> Table:
        return compile_table(self._lists.from_id(question_id), self.index, self.wrong)

    def _gain(self, table: Table, beliefs: Beliefs) -> float:
        chances, conditional = table.chances(beliefs)
        return (entropy(chances) - conditional) * (1 - self.unsure)


def step_reliability(steps: int, solved: float = 0.9) -> float:
    """The chance that one step fixes its problem, when all `steps` together fix it with chance `solved`.

    Steps work independently of each other and equally well: 1 - (1 - r)^n = solved. One that failed leaves, by Bayes'
    rule, (1 - r) of the evidence for its problem.
    """
    return 1.0 - math.pow(1 - solved, 1 / max(1, steps))
