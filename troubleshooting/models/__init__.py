"""What the database holds of walks: their outcomes, and those that were handed over to staff."""

from troubleshooting.models.handovers import Handover, HandoverNote
from troubleshooting.models.outcomes import Learned, Outcome

__all__ = ["Handover", "HandoverNote", "Learned", "Outcome"]
