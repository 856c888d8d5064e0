"""The knowledge base as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class KbConfig(AppConfig):
    """Guides, pages, search and the API."""

    name = "kb"
    verbose_name = "Knowledge base"

    def ready(self) -> None:
        """Have the settings checked at each start, and what is due published, mailed and pruned by the timer."""
        from kb.config import checks, command_line, timer  # noqa: F401, PLC0415 - models are not there before
        from kb.editorial import approval  # noqa: PLC0415 - models are not there before
        from kb.library import synonyms  # noqa: PLC0415 - models are not there before
        from kb.library.feedback import expiry  # noqa: PLC0415 - models are not there before
        from kb.outbox import letters, mail  # noqa: PLC0415 - models are not there before
        from kb.rate_limits import job_turns, limiter  # noqa: PLC0415 - models are not there before
        from kb.web.accounts.commands import note_command  # noqa: PLC0415 - models are not there before

        command_line.when_done.append(note_command)
        timer.jobs.append(timer.Job("publish", lambda: len(approval.publish_due())))
        timer.jobs.append(timer.Job("prune", limiter.prune))
        timer.jobs.append(timer.Job("synonyms", synonyms.follow, everywhere=True))
        timer.turns.append(job_turns.is_first)
        timer.jobs.append(timer.Job("forget-counts", expiry.forget_old, every=60 * 60))
        letters.add_way("mail", mail.send)
        if settings.SEARCH_MODEL:
            from kb.library import meaning  # noqa: PLC0415 - models are not there before

            timer.jobs.append(timer.Job("meaning", meaning.read_some))
            timer.jobs.append(timer.Job("warm", meaning.warm_up, together=True))
