"""What the database holds: each table with its QuerySet, and who may see its rows."""

from kb.models.activity import Act, SignIn
from kb.models.audience import Audience
from kb.models.contacts import Contact
from kb.models.day_counts import DayCount
from kb.models.error_codes import ErrorCode
from kb.models.feedback import SectionFlag, SectionVote
from kb.models.files import Attachment, CopiedFile, Image, SideFile
from kb.models.guides import FormerAddress, Guide, GuideKind, Prevalence
from kb.models.letters import Letter
from kb.models.meanings import GuideMeaning
from kb.models.notices import Notice, NoticeTarget
from kb.models.revisions import ContactRevision, LineComment, Review, Revision
from kb.models.search_records import SearchRecord
from kb.models.staff_forms import StaffForm
from kb.models.state import Generation
from kb.models.structure import (
    EscalationLevel,
    EscalationTrigger,
    FormerAnchor,
    Frequency,
    Link,
    Problem,
    ProblemSymptom,
    Section,
    Step,
    Symptom,
)
from kb.models.synonyms import AddedSynonyms
from kb.models.tallies import Tally

__all__ = [
    "Act",
    "AddedSynonyms",
    "Attachment",
    "Audience",
    "Contact",
    "ContactRevision",
    "CopiedFile",
    "DayCount",
    "ErrorCode",
    "EscalationLevel",
    "EscalationTrigger",
    "FormerAddress",
    "FormerAnchor",
    "Frequency",
    "Generation",
    "Guide",
    "GuideKind",
    "GuideMeaning",
    "Image",
    "Letter",
    "LineComment",
    "Link",
    "Notice",
    "NoticeTarget",
    "Prevalence",
    "Problem",
    "ProblemSymptom",
    "Review",
    "Revision",
    "SearchRecord",
    "Section",
    "SectionFlag",
    "SectionVote",
    "SideFile",
    "SignIn",
    "StaffForm",
    "Step",
    "Symptom",
    "Tally",
]
