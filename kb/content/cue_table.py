"""The evidence that words give of what a sentence is: a step, a symptom, a cause, or none of them.

Each entry of `CUES` is a cue: its name, and the words or phrases that show it. A name that begins with `^` counts only
where a sentence begins, after 'please', 'then' or a condition ('If the token has expired, ...'). To teach the reader
a cue, add a word or a phrase here and run `make train`, which learns what each cue weighs.
"""

from __future__ import annotations

_VERBS = """
    abort acquire activate add adjust allocate allow allowlist alter answer append apply ask assign attach avoid
    backup bend blacklist build bump bypass calculate call cancel change charge check checkout chmod choose
    chown clarify clean clear click clone close collect combine comment commit compile complete compress compute
    configure confirm connect consider consult contact convert cool copy cordon correct create customize cut
    deactivate debug decide decode decompress decrease decrement define delay delete deliver deploy deregister
    deselect detach determine diagnose dial disable discard disconnect dismiss display do double-check
    double-click downgrade download drag drain dry duplicate edit eject eliminate embed emit enable encrypt end
    ensure enter erase establish evaluate examine exec execute exit expand export expose extend extract fetch
    file fill filter find fix flash flush follow force free gather generate get give glue go grant group
    guarantee halt hang hide hold identify implement import include increase increment inform initialize insert
    inspect install instruct investigate invite invoke isolate issue keep kill label launch leave let lift limit
    link list listen load locate lock log login logout look lookup loosen lower make mark match merge migrate
    minimise minimize mirror modify monitor mount move name navigate negotiate note notify obtain omit open
    optimize order override pack page pair paste patch peel perform pick pin ping place plan plug point power
    preserve press prevent print program prompt protect prove prune publish pull purchase purge push put query
    quit raise ramp re-authenticate re-check re-create re-enable re-enter re-import re-install re-open re-run
    re-send re-start re-sync reach read reassign reassociate reauthenticate rebase rebind reboot rebuild
    recharge recheck reclaim recompile recompute reconfigure reconnect record recover recreate redefine redeploy
    redirect reduce refactor refer refill reflash reformat refresh regenerate register reindex reinitialise
    reinitialize reinsert reinstall reinstate rejoin relaunch relax release relink reload relocate remind
    remount remove rename renew reopen repair repeat replace replicate replug repoint report reposition reprint
    reprocess request rerun rescale rescan resend reserve reset resize resolve respond restart restore restrict
    resubmit resume resync retain retest retrieve retry return retype reuse revalidate revert review revoke
    rewire reword rework rewrite right-click roll rotate route run sanitise sanitize save scale scan schedule
    scroll seal search secure see select send separate serve set shake shift shorten shrink shut sign simplify
    skip slide snapshot sort specify split stage start stash stop store strip submit subscribe substitute supply
    suspend swap swipe switch sync synchronize taint tap tell terminate test throttle tick tie tighten toggle
    trace transfer transform translate trim troubleshoot trust try tune turn twist type unarchive unblock
    uncheck uncomment uncordon undo unfreeze unhide uninstall unlink unload unlock unmount unmute unpair unpin
    unplug unregister unscrew unset unsubscribe untar untick unzip update upgrade upload use vacuum validate
    verify view visit wait warm watch whitelist wipe work wrap write zip
"""

CUES: dict[str, str] = {
    # What tells of a step.
    "^imperative": _VERBS,
    "^look": """
        check | verify | confirm | review | inspect | look | examine | see if | see whether | determine |
        identify | make note | note that | monitor | view | find out | observe | compare | test
    """,
    "^ensure": """
        make sure | ensure | be sure | make certain | verify that | check that | confirm that | validate that |
        double-check
    """,
    "^see": """
        see | refer to | read | consult | visit | learn | for more information | for details | for further | for
        instructions | view the | check out | take a look | have a look | please see | please refer
    """,
    "^try": "try | try to | try the | give",
    "^contact": "contact | open a | file a | raise a | report | escalate | ask | submit | log a",
    "^you can": """
        you can | you could | you may | you might | it is possible to | one can | users can | we can
    """,
    "^you should": """
        you should | you must | you need to | you have to | you will need | you'll need | you will have to |
        you'll have to | you are required | users should | we recommend | we suggest | it is recommended | it's
        recommended | it is best | it's best | you want to | it is necessary | we advise | you may need | you
        might need | you may have to | you might have to
    """,
    "^result": """
        you should now | you should see | you should be able | you should then | you will see | you'll see | now you |
        the output | it should | that should | this should | you can now | you will now | you are now
    """,
    "^please": "please",
    "^not": "do not | don't | never | avoid | does not | is not | are not | cannot",
    "^then": """
        then | next | finally | now | after that | afterwards | once done | lastly | last | first | second |
        third | firstly | secondly | in addition | also
    """,
    "^to goal": "to | in order to",
    "^to fix": """
        to fix | to resolve | to solve | to correct | to work around | to workaround | to remedy | to recover |
        to overcome | to mitigate | to avoid | to address | to circumvent | to get around | to bypass | to
        repair | to clear | to restore | to eliminate | to get rid | to rectify | to stop | to prevent | in
        order to fix | in order to resolve | in order to solve | to achieve | to re-enable | to remove | to
        reset | to make it work
    """,
    "^to look": """
        to check | to verify | to see | to find | to determine | to identify | to diagnose | to confirm | to
        test | to investigate | to debug | to learn | to view | to troubleshoot | to reproduce | to understand |
        to know | to get more | to list
    """,
    "^to prevent": "to prevent | to avoid | to protect | to minimize | to reduce the risk",
    "^as way": """
        as a workaround | as workaround | as a work-around | as an alternative | alternatively | as a temporary
        | as a first step | as a solution | as a fix | another option | another way | another solution | another
        workaround | another possible | one option | one solution | one workaround | one way | or | otherwise |
        instead | the first thing | the first step | the best way | the easiest | the simplest | a quick fix |
        quick fix | the correct way | the workaround | the solution | the fix | the resolution | a workaround |
        a solution | a fix | possible workaround | possible solution | workaround | solution | the recommended |
        the preferred | the way to | one known | one good | good workaround
    """,
    "way out": """
        workaround | workarounds | work around | work-around | solution | solutions | resolution | resolve |
        resolves | resolved by | solve | solves | solved by | fix | fixes | fixed by | fixing | mitigate |
        mitigated | remedy | can be solved | can be resolved | can be fixed | can be worked around | can be
        avoided | could be solved | is to | is resolved by | circumvent | bypass
    """,
    "fixed in": """
        fixed in | resolved in | fix is in | addressed in | has been fixed | is fixed | was fixed | has been
        resolved | been addressed | corrected in | available in | fix is included | included in | is available |
        apar
    """,
    "must": """
        should | must | need to | needs to | have to | has to | needed | required | requires | require |
        necessary | recommended | recommend | suggest
    """,
    "can": "can | could | may | might",
    "upgrade": """
        upgrade | upgrading | update | updating | newer version | latest version | later version | latest |
        newer | patch | hotfix | install | reinstall | restart | restarting | reboot
    """,
    "by doing": """
        by setting | by adding | by changing | by using | by running | by removing | by installing | by updating
        | by editing | by including | by configuring | by creating | by deleting | by restarting | by following
        | by doing | by disabling | by enabling | by leading | by specifying | by increasing
    """,
    "makes it work": """
        will fix | should fix | fixes it | fixes the | fixes this | solves the | solves this | will resolve |
        should resolve | resolves the | resolves this | should work | will work | helps | help | solves problem
        | solves problems | generally solves | works around | also fixes
    """,
    "menu": """
        tab | menu | dialog | button | settings | click | select | checkbox | check box | ok | icon | pane |
        window | wizard | ribbon | dropdown
    """,
    "command": """
        command | run the following | following command | the command | by running | run | execute | commands |
        script
    """,
    # What tells of a symptom.
    "trouble": """
        error | errors | fail | fails | failed | failing | failure | failures | cannot | can't | unable | not |
        doesn't | don't | won't | isn't | aren't | never | crash | crashes | crashed | crashing | hang | hangs |
        hung | freeze | freezes | stuck | slow | slowly | missing | wrong | incorrect | incorrectly | invalid |
        unexpected | unexpectedly | denied | refused | rejected | timeout | timed out | times out | time out |
        exception | exceptions | broken | breaks | break | blank | empty | unavailable | unreachable | corrupt |
        corrupted | warning | problem | problems | issue | issues | trouble | lost | loses | loop | loops |
        blocked | blocks | disconnected | drops | stops | stopped | stop | unhealthy | unresponsive | degraded |
        expired | expire | exceeded | exceeds | full | no longer | out of sync | not found | no such | forbidden
        | unauthorized | unsupported | bad request | conflict | conflicts | mismatch | disappears | disappear |
        nothing | cryptic | strange | interrupt | delay | sluggish | reset
    """,
    "you see": """
        you see | you get | you receive | you encounter | you experience | you notice | you observe | you may
        see | you might see | you will see | you'll see | you may get | you may receive | you may encounter |
        you might encounter | you may experience | you may notice | you might get | you might receive | you hit
        | you may hit | you run into | you may run into | users see | users receive | users may | users get |
        users experience | users encounter | you are unable | you cannot | you can't | you are not able | i get
        | i see | i am | i'm | my | i can't | i cannot | we see | they see | you will get | you will receive |
        you're seeing | you are seeing | you find that | you may find
    """,
    "message": """
        error message | the following error | following error | message | messages | following message | error
        like | errors like | an error | exception | error similar | warning | error code | with an error | this
        error | the error | output | logs | log | stack trace | returns | displayed | displays | shows | appears
        | appear | thrown | throws | reports | reported | says | states | prompted | like this | similar to
    """,
    "alert fires": """
        alert will fire | alert fires | alert is | alert triggers | this alert | alert will | fires when | alert
        indicates | alert
    """,
    "sometimes": """
        sometimes | intermittently | occasionally | often | randomly | may fail | might fail | can fail | will
        fail | may not | might not | does not | do not | is not | are not | did not | was not | were not | could
        not | will not | would not | has not | have not | has no | have no | there is no
    """,
    # What tells of a cause.
    "because": """
        because | due to | caused by | cause | causes | caused | causing | reason | reasons | result of |
        results from | as a result | since | therefore | leads to | lead to | leading to | why | culprit | root
        cause | related to | owing to | thus | hence | responsible
    """,
    "it means": """
        this means | it means | means that | that means | which means | indicates that | this indicates |
        indicates | indicate | this is because | this happens | this occurs | this error occurs | this issue
        occurs | this problem occurs | this can happen | this may be | this can be | this could be | this is due
        | this is usually | this typically | this is caused | usually means | it's most likely | it is most
        likely | most likely | likely | probably | the usual | the most common | common cause | possible cause |
        possible | perhaps | maybe | could be that | may be that | happens when | happens if | occurs when |
        occurs if | can happen | typically | usually
    """,
    "you have": """
        you have not | you have | you haven't | you likely | you forgot | you are using | you are trying |
        you're using | you may have | you might have | you are behind | you're behind | you are still
    """,
    "limits": """
        does not support | doesn't support | not supported | no longer supports | only supports | limitation |
        limited to | known issue | known problem | known bug | bug | bugs | by design | requires | depends on |
        incompatible | incompatibility | not enabled | not installed | not configured | misconfigured | outdated
        | deprecated | default | by default
    """,
    # What tells of neither.
    "example": """
        example | examples | e.g | for example | for instance | such as | sample | following example | below |
        above | illustrates | shown
    """,
    "note": """
        note | note that | important | caution | remember | be aware | tip | keep in mind | warning
    """,
    "^note": """
        note | note that | important | caution | remember | be aware | tip | keep in mind | warning | however |
        please note | beware
    """,
    "describes": """
        this article | this document | this section | this topic | this guide | this page | this tutorial |
        describes | explains | introduces | overview | covers | provides | lets you | allows you | enables you |
        feature | features | supports | contains | consists | represents | defines
    """,
    "^this": "this | that | these | those | it | they | such | which",
    "^the": "the | a | an | some | all | any | each | every | your | our | its | their",
    "^if": "if | when | whenever | unless | in case | should | once | after | before | until | while",
    "^for": "for | on | in | with | at | from | under | using | during | through | as | by",
    "^subject": """
        users | customers | developers | administrators | admins | you | we | i | they | people | one
    """,
    "^question": """
        why | what | how | is | are | do | does | can | did | have | has | which | where | who | will
    """,
    "past": "was | were | had | been | has | have | did",
    "future": "will | would | shall | going to",
    "reproduce": """
        reproduce | steps to reproduce | to reproduce | repro | scenario | consider the following | assume |
        suppose
    """,
    "escalate": """
        contact support | support case | support team | support ticket | contact us | customer support |
        technical support | open a case | case | pmr | raise an issue | file an issue | open an issue | report |
        bug report | feedback | log a bug
    """,
    "more": """
        more information | more details | learn more | for more | further information | documentation | see also
        | article | blog | post | discussion | read more | details | in detail | github
    """,
    "^you": "you | your | you're | you'll",
    "?": "?",
    ":": ":",
}
