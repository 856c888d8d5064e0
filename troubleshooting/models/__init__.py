"""What the database holds of walks: their outcomes and steps, and those that were handed over to staff."""

from troubleshooting.models.handovers import Handover, HandoverEvent, HandoverNote
from troubleshooting.models.outcomes import Learned, Outcome
from troubleshooting.models.walk_steps import WalkStep

__all__ = ["Handover", "HandoverEvent", "HandoverNote", "Learned", "Outcome", "WalkStep"]
