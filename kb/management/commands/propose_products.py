"""`manage.py propose_products`: prints a table of products that the guides' own words propose."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kb.content.product_proposal import as_yaml, product_counts, proposed
from kb.models import Guide
from kb.models.audience import INSIDERS


class Command(BaseCommand):
    """Propose a table of products."""

    help = (
        "Print, as products.yml has it, the families and versions of products that published guides say they apply "
        "to: ways to write one name are merged. Save it beside the guides, and mend what is not so."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print it; staff guides count as well."""
        lists = Guide.objects.for_audiences(INSIDERS).values_list("applies_to", flat=True)
        self.stdout.write(as_yaml(proposed(product_counts(lists))), ending="")
