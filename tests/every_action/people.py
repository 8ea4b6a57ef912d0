"""Actions of people and their organisation, of sign-in and of jobs."""

from foundation.accounts import actions as accounts
from foundation.jobs import actions as job_actions
from foundation.organisations import actions as organisations
from tests.every_action.ground import (
    ADMIN,
    BOTH,
    BOTH_ONCE,
    COUNCIL,
    EXPORT,
    PEOPLE,
    PROVIDER,
    REPORTERS,
    SITE,
    TODAY,
    Action,
    ended,
    of_nobody,
    people_file,
)
from tests.factories import organisations as made

ACTIONS: dict[str, Action] = {
    # ---- People
    "organisations.add_person": of_nobody(
        organisations.add_person, "person.added", ADMIN,
        lambda ground: {"person": organisations.Person(name="Ann", staff_number="A1", starts_on=TODAY)},
    ),
    "organisations.change_person": Action(
        organisations.change_person, "person.changed", ADMIN,
        lambda ground: {
            "membership_id": ground.newcomer().pk, "version": 1,
            "person": organisations.Person(name="Ann", starts_on=TODAY),
        },
    ),
    "organisations.end_person": Action(
        organisations.end_person, "person.ended", ADMIN,
        lambda ground: {"membership_id": ground.newcomer().pk, "last_day": TODAY},
    ),
    "organisations.reinstate_person": Action(
        organisations.reinstate_person, "person.reinstated", ADMIN, lambda ground: {"membership_id": ended(ground)}
    ),
    "organisations.join_people": Action(
        organisations.join_people, "person.joined", ADMIN,
        lambda ground: {
            "kept": organisations.Seen(ground.newcomer().pk, 1), "ended": organisations.Seen(ground.newcomer().pk, 1),
        },
    ),
    "organisations.keep_apart": Action(
        organisations.keep_apart, "person.kept_apart", ADMIN,
        lambda ground: {"membership_id": ground.newcomer().pk, "other_id": ground.newcomer().pk},
        wins=2,  # said twice, it stands once
    ),
    "organisations.no_longer_keep_apart": Action(
        organisations.no_longer_keep_apart, "person.no_longer_kept_apart", ADMIN,
        lambda ground: made.kept_apart(ground.admin, ground.newcomer(), ground.newcomer()),
        wins=2,
    ),
    "organisations.grant_role": Action(
        organisations.grant_role, "role.granted", ADMIN,
        lambda ground: {
            "membership_id": ground.newcomer().pk, "role": "assurer", "starts_on": TODAY, "ends_on": None,
            "reason": "New in post",
        },
    ),
    "organisations.end_role": Action(
        organisations.end_role, "role.ended", ADMIN,
        lambda ground: {
            "grant_id": made.role_grant(ground.admin, ground.newcomer(), "assurer").pk, "last_day": None,
            "reason": "Left the post",
        },
    ),
    "organisations.invite": Action(
        organisations.invite, "invitation.sent", ADMIN,
        lambda ground: {"membership_id": ground.newcomer().pk, "site": SITE}, **BOTH,
    ),
    "organisations.send": Action(
        organisations.send_invitation, "invitation.mailed", ADMIN,
        lambda ground: {"invitation_id": ground.invitation()}, **BOTH_ONCE,
    ),
    "organisations.withdraw_invitation": Action(
        organisations.withdraw_invitation, "invitation.withdrawn", ADMIN,
        lambda ground: {"invitation_id": ground.invitation()},
    ),
    "organisations.start_password_reset": Action(
        organisations.start_password_reset, "password_reset.started", ADMIN,
        lambda ground: {"membership_id": ground.somebody().pk, "site": SITE}, **BOTH,
    ),
    "organisations.request_factor_reset": Action(
        organisations.request_factor_reset, "factor_reset.requested", ADMIN,
        lambda ground: {"membership_id": ground.somebody().pk, "site": SITE},
    ),
    "organisations.approve_factor_reset": Action(
        organisations.approve_factor_reset, "factor_reset.approved", ADMIN, lambda ground: ground.factor_reset()
    ),
    # ---- The organisation
    "organisations.change_settings": of_nobody(
        organisations.change_settings, "organisation.settings_changed", ADMIN, lambda ground: dict(COUNCIL)
    ),
    "organisations.add_team": of_nobody(
        organisations.add_team, "team.added", ADMIN, lambda ground: {"name": "Libraries", "part_of_id": None}
    ),
    "organisations.change_team": Action(
        organisations.change_team, "team.changed", ADMIN,
        lambda ground: {
            "team_id": made.team(ground.admin, "Libraries").pk, "version": 1, "name": "Museums", "part_of_id": None,
        },
    ),
    "organisations.remove_team": Action(
        organisations.remove_team, "team.removed", ADMIN,
        lambda ground: {"team_id": made.team(ground.admin, "Libraries").pk},
    ),
    "organisations.save_identity_provider": of_nobody(
        organisations.save_identity_provider, "identity_provider.changed", ADMIN, lambda ground: dict(PROVIDER)
    ),
    "organisations.test_identity_provider": of_nobody(
        organisations.test_identity_provider, "identity_provider.tested", ADMIN,
        lambda ground: ground.provider() | {"read": str}, **BOTH,
    ),
    "organisations.enable_identity_provider": of_nobody(
        organisations.enable_identity_provider, "identity_provider.enabled", ADMIN,
        lambda ground: ground.provider(tested=True),
    ),
    "organisations.disable_identity_provider": of_nobody(
        organisations.disable_identity_provider, "identity_provider.disabled", ADMIN,
        lambda ground: ground.provider(tested=True, enabled=True),
    ),
    # ---- Files of people
    "organisations.upload_people": of_nobody(
        organisations.upload_people, "people_import.uploaded", ADMIN, lambda ground: {"examined": people_file()}, **BOTH
    ),
    "organisations.choose_columns": Action(
        organisations.choose_columns, "people_import.columns_chosen", ADMIN,
        lambda ground: {"import_id": ground.people_file(), "chosen": ground.columns()},
    ),
    "organisations.check_import": Action(
        organisations.check_import, "people_import.checked", ADMIN,
        lambda ground: {"import_id": ground.people_file("chosen")}, **BOTH,
    ),
    "organisations.confirm_import": Action(
        organisations.confirm_import, "people_import.confirmed", ADMIN,
        lambda ground: {"import_id": ground.people_file("chosen", "checked"), "leave_out_refused": False},
    ),
    "organisations.apply_import": Action(
        organisations.apply_import, "people_import.applied", ADMIN,
        lambda ground: {"import_id": ground.people_file("chosen", "checked", "confirmed")}, **BOTH_ONCE,
    ),
    "organisations.take_back_confirmation": Action(
        organisations.take_back_confirmation, "people_import.confirmation_taken_back", ADMIN,
        lambda ground: {"import_id": ground.people_file("chosen", "checked", "confirmed")}, **BOTH_ONCE,
    ),
    "organisations.abandon_import": Action(
        organisations.abandon_import, "people_import.abandoned", ADMIN,
        lambda ground: {"import_id": ground.people_file()},
    ),
    "organisations.request_people_export": of_nobody(
        organisations.request_people_export, "people_export.requested", PEOPLE, lambda ground: dict(EXPORT), **BOTH
    ),
    "organisations.make_people_export": Action(
        organisations.make_people_export, "people_export.made", PEOPLE,
        lambda ground: {"export_id": ground.export()}, own=True, **BOTH_ONCE,
    ),
    "organisations.open_people_export": Action(
        organisations.open_people_export, "people_export.opened", PEOPLE,
        lambda ground: {"export_id": ground.export(is_made=True)}, own=True, **BOTH,
    ),
    # ---- Sign-in, where the caller has asked whether the person may
    "accounts.create_user": of_nobody(
        accounts.create_user, "user.created", None, lambda ground: {"email": "new@example.org", "name": "New"}
    ),
    "accounts.start_password_reset": of_nobody(
        accounts.start_password_reset, "password_reset.started", None,
        lambda ground: {"user_id": ground.somebody().user_id, "site": SITE}, **BOTH,
    ),
    "accounts.disable_user": of_nobody(
        accounts.disable_user, "user.disabled", None, lambda ground: {"user_id": ground.somebody().user_id}, **BOTH
    ),
    "accounts.enable_user": of_nobody(
        accounts.enable_user, "user.enabled", None, lambda ground: {"user_id": ground.somebody().user_id}, **BOTH
    ),
    "accounts.request_factor_reset": of_nobody(
        accounts.request_factor_reset, "factor_reset.requested", None,
        lambda ground: {"user_id": ground.somebody().user_id, "site": SITE},
    ),
    "accounts.approve_factor_reset": Action(
        accounts.approve_factor_reset, "factor_reset.approved", None,
        lambda ground: {"reset_id": ground.factor_reset()["reset_id"], "site": SITE},
    ),
    "accounts.withdraw_factor_reset": Action(
        accounts.withdraw_factor_reset, "factor_reset.withdrawn", None,
        lambda ground: {"reset_id": ground.factor_reset()["reset_id"]},
    ),
    "accounts.end_other_sessions": of_nobody(
        accounts.end_other_sessions, "sessions.ended", None,
        lambda ground: {"user_id": ground.me.user_id, "because": "role_changed"}, **BOTH,
    ),
    "accounts.end_session": of_nobody(
        accounts.end_session, "sessions.ended", None,
        lambda ground: {"user_id": ground.me.user_id, "session_id": ground.session()}, **BOTH_ONCE,
    ),
    "accounts.change_password": of_nobody(
        accounts.change_password, "password.changed", None,
        lambda ground: {"user": ground.me.user, "password": "three odd words", "site": SITE, "how": "changed"}, **BOTH,
    ),
    "accounts.change_preferences": of_nobody(
        accounts.change_preferences, "preferences.changed", None,
        lambda ground: {"user_id": ground.me.user_id, "name": "Another", "language": "cy"}, **BOTH_ONCE,
    ),
    # ---- Jobs
    "jobs.queue": of_nobody(
        job_actions.queue, "job.requested", REPORTERS,
        lambda ground: {"name": "compliance.make_report", "ids": {"report_id": 1}}, **BOTH,
    ),
    "jobs.cancel": Action(
        job_actions.cancel, "job.cancel_requested", REPORTERS, lambda ground: {"job_id": ground.report().job_id},
        own=True,
    ),
}  # fmt: skip
