"""The patterns by which prose is read: what sounds wrong, what leads to steps, what is boilerplate."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from kb.content.patterns import counted, linear

LONGEST_SENTENCE = 600
APOSTROPHE: Final = r"['\u2019]"


_ignoring_case = partial(counted, flags=re.IGNORECASE)


def _any(*alternatives: str) -> str:
    return f"(?:{'|'.join(alternatives)})"


def _words(text: str) -> str:
    """One of some words; `*` stands for any ending, `_` for a space."""
    return _any(*(word.replace("*", r"\w*").replace("_", " ") for word in text.split()))


# What tells of something that goes wrong.
OBSERVABLE = _ignoring_case(
    r"\b"
    + _any(
        rf"\w+n{APOSTROPHE}t",
        # 'High availability' is wanted, high load is not.
        r"(?:high|low)(?![ -](?:availab|perform|resol|quality|speed|priority))",
        _words(
            """
            not cannot never no none unable without nothing instead fail* error* exception exceptions fault* problem
            problems issue issues trouble difficult* crash* hang hangs hung freez* froze* stop stops stopped stuck
            dead down slow* sluggish lag* delay* decreas* miss missing misses lost lose loses losing wrong*
            incorrect* invalid unexpected* unknown unsupported duplicat* repeated* different differs differ
            mismatch* inconsistent* conflict* blank empty disabled unavailable inaccessible unreachable unresponsive
            undeliver* unread* unhealthy degraded offline disconnect* prompt prompts prompted warning* corrupt*
            damag* broken break breaks garbled grayed greyed truncated partial* incomplete* denied refus* reject*
            forbidden unauthorized unauthorised blocked locked quarantin* bounce bounced expir* exceed* limit limits
            limited full overload* throttl* disappear* abort* terminat* drop drops dropped reset outage* leak*
            deadlock* loop loops flapping jam jams jammed noise spik* timed_out timeout timeouts time-out
            time-outs times_out time_out too_many too_long too_much too_large too_slow too_high too_low
            """
        ),
    )
    + r"\b"
)

# What names a trouble itself.
TROUBLE_NAMED = _ignoring_case(
    r"\b"
    + _words(
        "error* fail* problem problems issue issues warning* crash* exception* symptom* trouble timeout* "
        "broken stuck unable cannot corrupt* denied refused"
    )
    + r"\b"
)

# 'you are still seeing the', 'users get a': what stands before the thing that is seen.
_SUBJECT = _any(
    "you", "we", "i", "they", r"(?:(?:the|a|an|some|your) )?" + _words("user* customer* client* caller* people")
)
_SEES = _any(
    _words(
        """
        see sees seeing get gets getting receive receives receiving experience experiences experiencing encounter
        encounters encountering notice notices noticing observe observes observing face faces facing hit hits
        hitting run_into runs_into running_into
        """
    ),
    r"ha(?:ve|s|ving)(?= (?:an? |the |trouble|problem|issue|difficult))",
)
SEEN = _ignoring_case(
    _SUBJECT
    + rf"(?:{APOSTROPHE}(?:re|ve|s|m)| are| is| have| has)?"
    + rf"(?: {_words('still also often may might can will keep keeps start sometimes suddenly')})*"
    + rf" {_SEES} (?:that )?(?:{_words('a an the this these that any some')} )?(?=\S)"
)
ARE = _ignoring_case(
    _SUBJECT + rf"(?:{APOSTROPHE}(?:re|m)| are) (?={_words('unable not_able locked stuck blocked logged signed')})"
)

# 'If', 'When', and what they may be followed by that tells of no problem.
CONDITION = _ignoring_case(r"(?:if|when|whenever|in case|should|once)\s+(?=\S)")
NO_CONDITION = _ignoring_case(
    _any(
        _words("not so necessary needed required possible applicable"),
        rf"you(?:{APOSTROPHE}d| would)? " + _words("want need like wish prefer have_to must decide choose already"),
        r"this " + _words("is_the_case applies works helps doesn does_not fails"),
        r"(?:that|it) " + _words("doesn does_not fails works is"),
    )
    + r"\b"
)
_ACTION = _any(
    _words(
        """
        please then try do follow use check perform take complete go make_sure ensure verify here run start
        the_following these this we_recommend consider work proceed see contact restart apply open review read look
        first carry there_are walk
        """
    ),
    r"to (?:fix|resolve|solve)",
    r"you " + _words("can should need must have_to will_need"),
)
ACTION_TAIL = _ignoring_case(rf"[,;\u2013\u2014]\s+{_ACTION}\b[^,]*(?:,[^,]*)*$")

# ', you get an error': what 'When you click Save' goes on with; a comma between two messages is none.
MAIN_CLAUSE = _ignoring_case(
    r",\s+"
    + _any(
        _words("you we it they he she the a an your our this that these there no some users customers"),
        r"[\w-]+ "
        + _words(
            """
            is are was were has have does do did can cannot can't will may doesn't isn't fails fail stops stop crashes
            crash hangs hang freezes shows show displays display appears appear returns return gets get
            """
        ),
    )
    + r"\b"
)

# What says that a fix follows, and what says that steps follow.
_FIX_VERBS = _any(
    _words(
        """
        fix resolve solve handle work_around improve reduce correct address mitigate recover_from restore_access
        restore_service repair avoid prevent troubleshoot remedy overcome speed_up get_rid get_past get_around
        unblock
        """
    ),
    r"stop (?:this|it|the)",
)
FIX_VERB = _ignoring_case(rf"{_FIX_VERBS}\b")
_EACH = r"(?:one of )?(?:this|these|the (?:following|steps)|each of)\b"
FIX = _ignoring_case(
    _any(
        rf"(?:^|\b(?:or|and|order|steps|options|methods|so|,) )to {_FIX_VERBS}\b",
        rf"^(?:please )?(?:try|work through) {_EACH}",
        r"\btry (?:one of )?(?:these|the following)\b",
        r"^(?:solutions?|resolution|fix)\b.*:$",
    )
)
STEPS = _ignoring_case(
    _any(
        r"^(?:please )?"
        + _words("do take follow perform carry_out complete use go_through check run_through walk_through")
        + rf" {_EACH}",
        rf"\b{_words('do take follow perform go_through')} (?:one of )?(?:these|the following)\b",
        rf"^here(?:{APOSTROPHE}s| is| are) (?:how|what|the steps)\b",
        r"^steps\b.*:$",
    )
)

# Titles that name a task: 'How to ...', 'Configuration', 'Enabling logs'.
HOW = _ignoring_case(r"how (?:to|do|can|i|we)\b")
_TASKS = """
    access add allow apply archive assign block build change check choose clean clear collect configure connect
    convert copy create customise customize define delete deploy determine disable download edit enable export
    filter find format gather generate get grant hide identify import include install invite locate make manage map
    migrate modify monitor move navigate obtain open organise organize preview print publish recover register
    reinstall remove rename replace request reset restart restore revert review rotate run save scan schedule search
    select send set share show sort specify subscribe suppress switch sync synchronise synchronize test track turn
    undo uninstall update upgrade use validate verify view write accessing adding allowing applying archiving
    assigning blocking building changing checking choosing cleaning clearing collecting configuring connecting
    converting copying creating customising customizing defining deleting deploying determining disabling
    downloading editing enabling exporting filtering finding formatting gathering generating getting granting hiding
    identifying importing including installing inviting locating making managing mapping migrating modifying
    monitoring moving navigating obtaining opening organising organizing previewing printing publishing recovering
    registering reinstalling removing renaming replacing requesting resetting restarting restoring reverting
    reviewing rotating running saving scanning scheduling searching selecting sending setting sharing showing
    sorting specifying subscribing suppressing switching syncing synchronising synchronizing testing tracking
    turning undoing uninstalling updating upgrading using validating verifying viewing writing
"""
HOW_TO = _ignoring_case(
    _any(
        r"how (?:to|do|can|i|we)\b",
        r"to \w+",
        rf"what{APOSTROPHE}?s new\b",
        _words(
            """
            about overview introduction installation configuration setup set-up usage procedure steps option options
            scenario process prerequisites requirements architecture tutorial guide walkthrough what_is why_use
            example step-by-step quick_start quickstart getting_started
            """
        )
        + r"\b",
        _words(_TASKS) + r"\s+\S",
    )
)

# Sentences that say nothing of what is seen: they lead to others, set a scene, or tell of when and why.
_PICTURES = r"(?:screenshots?|figures?|tables?|images?|examples?|sections?|articles?)"
BOILERPLATE = _ignoring_case(
    _any(
        r"(?:consider(?:ing)?|assume|suppose|imagine|notes?|see|where|normally|(?:as )?expected|you expect)\b",
        r"for (?:example|more|instance|information|details|reference)\b",
        rf"to {_words('learn find work_around resolve determine verify check view fix use see reproduce')}\b",
        r"this "
        + _words("issue* problem* behavior* behaviour* symptom* condition* situation* error* limitation* alert*")
        + " "
        r"(?:(?:may|might|can|could|will|also|typically|usually|only|does|do|generally|sometimes|mainly|often|most)\s+)*"
        rf"(?:n{APOSTROPHE}t |not )?"
        + _words("occur* happen* arise* appl* affect* is was caused depend* exist* persist* appear*"),
        rf"(?:the |these )?(?:following|above|previous|these) {_PICTURES}\b",
        rf"(?:this|these) (?:{_PICTURES}|document|topic|technote|page|processing|instructions)\b",
        r"screenshots? (?:of|show)",
        rf"here(?:{APOSTROPHE}s| is| are)\b",
        r"figure \d",
        r"(?:the|however, the) affected\b",
        r"in this example\b",
        r"(?:or|and)\.?$",
        r"more information\b",
        r"(?:also )?refer to\b",
        r"the (?:issue|problem) " + _words("occurs happens only is_caused doesn"),
        r"after (?:this|you do this)\b",
        r"you (?:may|might) want to\b",
        r"\w+\b.{0,20}\bconfirmed\b",
    )
)

# 'In this scenario, ...': what ties a sentence to the one before.
OPENING = linear(
    _any(
        r"(?:in|under|for) (?:this|that|these|the above|such|the following)(?: \w+)? "
        + _words("scenario scenarios situation situations case cases condition conditions circumstances"),
        r"when (?:this|the) (?:issue|problem|error|behaviou?r)? ?(?:occurs|happens|appears)",
        _words(
            """
            additionally also however moreover furthermore in_addition as_a_result therefore consequently
            for_example or and then but typically usually in_some_cases in_certain_cases
            """
        ),
    )
    + r",?\s+",
    re.IGNORECASE,
)
CONCLUDES = _ignoring_case(r"in (?:this|that|the above|such an?) (?:scenario|situation|case)\b")

# ', as shown in the following screenshot.': what a sentence ends with that points elsewhere.
POINTER = _ignoring_case(
    _any(
        r",? (?:as|like|similar to)(?: is)? (?:shown|illustrated|seen|displayed|described)? ?(?:in )?(?:the )?"
        r"(?:following|below|here|figure \d+|screenshot|above)\b[^,.]*",
        r",? "
        + _any(
            _words("with in under when for if such_as similar_to like including from to"),
            r"by (?:using|doing|following)",
            r"that (?:resembles?|is similar to)",
        )
        + r"(?: one(?: or (?:more|both))? of| any of| either of| all(?: of)?)? (?:the |these )?following\b[^.]*",
        r",? (?:such as|including|that (?:resembles?|says|states|reads))",
        r"\((?:see|as shown)[^()]*\)",
    )
    + r"\s*[.:]?$",
    longest=LONGEST_SENTENCE,
)
MESSAGE_NAMED = _ignoring_case(r"\b(?:one of )?the following ((?:\w+ )?(?:error|warning))(?: messages?)?")

# Examples, ways to check, advice and enumerations: the list that follows puts nothing right.
SETS_EXAMPLE = _ignoring_case(r"(?:for (?:example|instance)|consider|assume|suppose|imagine)\b")
EXAMPLE = _ignoring_case(
    r"\b"
    + _any(
        r"for (?:example|instance)",
        _words("consider assume suppose reproduce demonstrate demonstrates scenario scenarios"),
        rf"(?:to|can|could|may) {_words('verify check see confirm determine find_out test view identify investigate')} "
        + _words("this that whether if the which your"),
    )
    + r"\b"
)
GUIDELINE = _ignoring_case(
    r"\b"
    + _words(
        """
        best_practice best_practices good_practice good_practices guideline guidelines principle principles
        recommendations tips rules components types stages phases levels fields parameters there_are consists
        categories features reasons options_are kinds ways
        """
    )
    + r"\b"
)

# 'This alert fires when ...'
RAISED = linear(
    r"(?:the |this )?(?:[\w-]+ ){0,4}(?:alerts?|rules?)(?: template)? (?:\w+ )?(?:(?:is|will be|gets|was|are) )?"
    + _words(
        """
        fires fire fired firing triggers trigger triggered raised activated sent generated issued indicates indicate
        signals means warns notifies informs occurs
        """
    )
    + r"(?: (?:when|whenever|if|that|you that|because))+ ",
    re.IGNORECASE,
)
