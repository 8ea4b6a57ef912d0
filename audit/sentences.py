"""Every verb of the ledger in plain English, in one catalogue. A test finds verbs of the code that are missing here."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Sentence:
    """What somebody did. ``reads``: they saw or took something and changed nothing."""

    text: str | Promise
    reads: bool = False


GROUPS: dict[str | Promise, dict[str, Sentence]] = {
    _("The duty"): {
        "answer.given": Sentence(_("Answered a requirement")),
        "answer.assured": Sentence(_("Recorded the assurer's rating")),
        "answer.evidence_linked": Sentence(_("Linked evidence to an answer")),
        "answer.evidence_unlinked": Sentence(_("Took evidence off an answer")),
        "requirement.added": Sentence(_("Added a requirement of the organisation's own")),
        "requirement.changed": Sentence(_("Changed a requirement of the organisation's own")),
        "requirement.withdrawn": Sentence(_("Withdrew a requirement of the organisation's own")),
        "compliance.settings_changed": Sentence(_("Changed the settings of the assessment")),
        "contribution.shared": Sentence(_("Shared an answer with a partnership")),
        "contribution.taken_back": Sentence(_("Took an answer back from a partnership")),
        "library.loaded": Sentence(_("Loaded a new state of the duty library")),
    },
    _("The local picture"): {
        "ctlp_edition.added": Sentence(_("Recorded an edition of the local profile")),
        "ctlp_edition.changed": Sentence(_("Changed what is recorded of a local profile")),
        "ctlp_briefing.added": Sentence(_("Recorded who was briefed on a local profile")),
        "ctlp_recommendation.added": Sentence(_("Recorded a recommendation of the local profile")),
        "ctlp_recommendation.changed": Sentence(_("Changed the wording of a recommendation")),
        "ctlp_recommendation.answered": Sentence(_("Answered a recommendation")),
        "ctlp_recommendation.sent": Sentence(_("Recorded that a response was sent to the police")),
        "ctlp_recommendation.done": Sentence(_("Said that a recommendation is done")),
        "ctlp_recommendation.linked": Sentence(_("Chose the risks a recommendation bears on")),
        "threat_level.entered": Sentence(_("Entered a new threat level")),
        "threat_level.withdrawn": Sentence(_("Withdrew a threat level")),
        "threat_levels.loaded": Sentence(_("Loaded a new state of the threat levels")),
        "review_task.raised": Sentence(_("Asked for a risk to be assessed again")),
        "review_task.done": Sentence(_("Assessed a risk again")),
    },
    _("Reports and exports"): {
        "report.requested": Sentence(_("Asked for a compliance report")),
        "report.requested_again": Sentence(_("Asked for a compliance report once more")),
        "report.made": Sentence(_("Made a compliance report")),
        "report.copy_checked": Sentence(_("Checked a copy of a compliance report"), reads=True),
        "list.exported": Sentence(_("Exported a list"), reads=True),
    },
    _("Evidence and files"): {
        "evidence.added": Sentence(_("Added evidence")),
        "evidence.revised": Sentence(_("Revised evidence")),
        "evidence.withdrawn": Sentence(_("Withdrew evidence")),
        "file.received": Sentence(_("Uploaded a file")),
        "file.made": Sentence(_("Kept a file that the portal made")),
        "file.opened": Sentence(_("Opened a file"), reads=True),
        "file.withdrawn": Sentence(_("Withdrew a file")),
        "file.scanned": Sentence(_("Scanned a file")),
        "file.not_scanned": Sentence(_("Let a file pass that no scanner has checked")),
        "file.scan_unanswered": Sentence(_("Got no answer from the virus scanner")),
        "file.damaged": Sentence(_("Found a damaged file")),
        "file.orphan_removed": Sentence(_("Removed a file that nothing used")),
        "files.keys_rewrapped": Sentence(_("Put files under a newer encryption key")),
    },
    _("People and roles"): {
        "person.added": Sentence(_("Added a person")),
        "person.changed": Sentence(_("Changed a person's details")),
        "person.ended": Sentence(_("Ended a person's place in the organisation")),
        "person.reinstated": Sentence(_("Reinstated a person")),
        "people_import.uploaded": Sentence(_("Uploaded a file of people to import")),
        "people_import.checked": Sentence(_("Checked a file of people")),
        "people_import.unreadable": Sentence(_("Could not read a file of people")),
        "people_import.confirmed": Sentence(_("Confirmed an import of people")),
        "people_import.applied": Sentence(_("Imported people from a file")),
        "people_import.abandoned": Sentence(_("Abandoned an import of people")),
        "people_export.requested": Sentence(_("Asked for an export of people")),
        "people_export.made": Sentence(_("Made an export of people")),
        "people_export.opened": Sentence(_("Took an export of people"), reads=True),
        "role.granted": Sentence(_("Gave somebody a role")),
        "role.ended": Sentence(_("Ended somebody's role")),
        "invitation.sent": Sentence(_("Sent an invitation")),
        "invitation.withdrawn": Sentence(_("Withdrew an invitation")),
        "invitation.accepted": Sentence(_("Accepted an invitation")),
        "membership.claimed": Sentence(_("Claimed a place through the identity provider")),
        "team.added": Sentence(_("Added a team")),
        "team.changed": Sentence(_("Changed a team")),
        "team.removed": Sentence(_("Removed a team")),
    },
    _("Sign-in"): {
        "session.opened": Sentence(_("Signed in")),
        "session.closed": Sentence(_("Was signed out")),
        "session.demonstrated": Sentence(_("Signed in as a demonstration person")),
        "sessions.ended": Sentence(_("Ended open sessions")),
        "sign_in.refused": Sentence(_("Failed to sign in")),
        "second_factor.refused": Sentence(_("Failed the second step of sign-in")),
        "identity.confirmed": Sentence(_("Proved who they are once more")),
        "identity.linked": Sentence(_("Linked a sign-in at the identity provider")),
        "factor.added": Sentence(_("Added a way to prove who they are")),
        "factor.removed": Sentence(_("Removed a way to prove who they are")),
        "recovery_codes.renewed": Sentence(_("Made new recovery codes")),
        "factor_reset.requested": Sentence(_("Asked to reset somebody's second factor")),
        "factor_reset.approved": Sentence(_("Approved resetting somebody's second factor")),
        "factor_reset.withdrawn": Sentence(_("Withdrew a request to reset a second factor")),
        "password.changed": Sentence(_("Changed their password")),
        "password_reset.asked": Sentence(_("Asked for a new password")),
        "password_reset.started": Sentence(_("Started a password reset for somebody")),
        "preferences.changed": Sentence(_("Changed their preferences")),
        "user.created": Sentence(_("Made a sign-in")),
        "user.disabled": Sentence(_("Disabled a sign-in")),
        "user.enabled": Sentence(_("Enabled a sign-in again")),
        "letter.given_up": Sentence(_("Gave up sending a letter about a sign-in")),
    },
    _("Organisation and settings"): {
        "organisation.created": Sentence(_("Set up the organisation")),
        "organisation.closed": Sentence(_("Closed the organisation")),
        "organisation.switched": Sentence(_("Began to act for this organisation")),
        "organisation.settings_changed": Sentence(_("Changed the organisation's settings")),
        "partnership.member_added": Sentence(_("Added a member to the partnership")),
        "partnership.member_ended": Sentence(_("Ended a membership of the partnership")),
        "identity_provider.changed": Sentence(_("Changed the identity provider")),
        "identity_provider.tested": Sentence(_("Tested the identity provider")),
        "identity_provider.enabled": Sentence(_("Switched the identity provider on")),
        "identity_provider.disabled": Sentence(_("Switched the identity provider off")),
    },
    _("Jobs and notices"): {
        "notice.given": Sentence(_("Told somebody something")),
        "notice.read": Sentence(_("Read a notice")),
        "notice.all_read": Sentence(_("Marked all notices as read")),
        "notice.preferences_set": Sentence(_("Chose which notices to get")),
        "job.requested": Sentence(_("Started a job")),
        "job.retried": Sentence(_("Started a failed job again")),
        "job.cancel_requested": Sentence(_("Cancelled a job")),
    },
    _("The log and the portal itself"): {
        "audit.log_read": Sentence(_("Read the log"), reads=True),
        "audit.trail_read": Sentence(_("Read the history of one thing"), reads=True),
        "audit.event_read": Sentence(_("Read one entry of the log"), reads=True),
        "access.refused": Sentence(_("Was refused")),
        "system.acted": Sentence(_("Did work of its own")),
    },
}
SENTENCES: dict[str, Sentence] = {verb: sentence for group in GROUPS.values() for verb, sentence in group.items()}
READING: tuple[str, ...] = tuple(verb for verb, sentence in SENTENCES.items() if sentence.reads)
# Reading the log is reading as well, but of the log: "who saw this" and mass reading leave it out.
READING_RECORDS: tuple[str, ...] = tuple(verb for verb in READING if not verb.startswith("audit."))

TYPES: dict[str, str | Promise] = {
    "compliance.answer": _("Answer"),
    "compliance.requirement": _("Requirement"),
    "compliance.contribution": _("Answer shared with a partnership"),
    "compliance.compliancereport": _("Report"),
    "compliance.settings": _("Settings of the assessment"),
    "compliance.libraryload": _("State of the duty library"),
    "risk.ctlpedition": _("Local profile"),
    "risk.ctlprecommendation": _("Recommendation of the local profile"),
    "risk.threatlevel": _("Threat level"),
    "risk.reviewtask": _("Task to assess a risk again"),
    "evidence.evidenceitem": _("Evidence"),
    "files.storedfile": _("File"),
    "jobs.job": _("Job"),
    "organisations.membership": _("Person"),
    "organisations.rolegrant": _("Role"),
    "organisations.invitation": _("Invitation"),
    "organisations.team": _("Team"),
    "organisations.organisation": _("Organisation"),
    "organisations.partnershipmember": _("Member of the partnership"),
    "organisations.identityprovider": _("Identity provider"),
    "organisations.peopleimport": _("Import of people"),
    "organisations.peopleexport": _("Export of people"),
    "accounts.user": _("Sign-in"),
    "accounts.factorreset": _("Reset of a second factor"),
}


def sentence_of(verb: str) -> str:
    """What somebody did, in words; the verb itself where this version does not know it."""
    found = SENTENCES.get(verb)
    return str(found.text) if found else verb.replace(".", " ").replace("_", " ").capitalize()


def type_label(target_type: str) -> str:
    """The kind of thing an event is about, in words."""
    return str(TYPES[target_type]) if target_type in TYPES else target_type.rpartition(".")[2].capitalize()
