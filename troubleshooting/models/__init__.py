"""What the database holds of walks: outcomes, steps and hand-overs, what staff keep, and what writers have to do."""

from troubleshooting.models.desk import DeskLook, DeskPin
from troubleshooting.models.handovers import Handover, HandoverEvent, HandoverNote
from troubleshooting.models.outcomes import Learned, Outcome
from troubleshooting.models.walk_steps import WalkStep
from troubleshooting.models.worklist import WorklistItem

__all__ = [
    "DeskLook",
    "DeskPin",
    "Handover",
    "HandoverEvent",
    "HandoverNote",
    "Learned",
    "Outcome",
    "WalkStep",
    "WorklistItem",
]
