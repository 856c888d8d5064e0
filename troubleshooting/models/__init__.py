"""What the database holds of walks: their outcomes and steps, those that were handed over to staff, and their desks."""

from troubleshooting.models.desk import DeskLook, DeskPin
from troubleshooting.models.handovers import Handover, HandoverEvent, HandoverNote
from troubleshooting.models.outcomes import Learned, Outcome
from troubleshooting.models.walk_steps import WalkStep

__all__ = ["DeskLook", "DeskPin", "Handover", "HandoverEvent", "HandoverNote", "Learned", "Outcome", "WalkStep"]
