"""What the database holds of walks: their outcomes, steps and hand-overs, and what writers have to do by them."""

from troubleshooting.models.handovers import Handover, HandoverNote
from troubleshooting.models.outcomes import Learned, Outcome
from troubleshooting.models.walk_steps import WalkStep
from troubleshooting.models.worklist import WorklistItem

__all__ = ["Handover", "HandoverNote", "Learned", "Outcome", "WalkStep", "WorklistItem"]
