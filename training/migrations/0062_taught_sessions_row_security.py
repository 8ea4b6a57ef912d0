from django.db import migrations
from django.db.migrations.operations import RunSQL

from foundation.core.row_security import force_row_security, key_with_organisation, same_organisation

POINTERS = {
    "taughtsession": {
        "trainer_id": "organisations_membership",
        "planned_by_id": "organisations_membership",
        "ended_by_id": "organisations_membership",
        "saved_by_id": "organisations_membership",
    },
    "place": {
        "session_id": "training_taughtsession",
        "membership_id": "organisations_membership",
        "booked_by_id": "organisations_membership",
        "completion_id": "training_completion",
    },
    "evaluation": {"session_id": "training_taughtsession", "place_id": "training_place"},
    "trainingreport": {"session_id": "training_taughtsession"},
}


class Migration(migrations.Migration):
    dependencies = [("training", "0061_taught_sessions")]

    operations = [
        *(
            operation
            for table in ("taughtsession", "place", "evaluation")
            for operation in force_row_security(f"training_{table}")
        ),
        *(key_with_organisation(f"training_{table}") for table in ("taughtsession", "place")),
        *(
            same_organisation(f"training_{table}", column, parent)
            for table, pointers in POINTERS.items()
            for column, parent in pointers.items()
        ),
        # Courses are the portal's or the organisation's own: never another's.
        *(
            RunSQL(
                f"CREATE POLICY course_id_{event.lower()}_is_visible ON training_taughtsession AS RESTRICTIVE"
                f" FOR {event} TO portal_app {clause}".replace(
                    "named", "(EXISTS (SELECT 1 FROM training_course c WHERE c.id = course_id))"
                ),
                f"DROP POLICY course_id_{event.lower()}_is_visible ON training_taughtsession",
            )
            for event, clause in {"INSERT": "WITH CHECK named", "UPDATE": "USING named WITH CHECK named"}.items()
        ),
        # Who was on a list stays there, and what people said of a session stays as they said it.
        RunSQL(
            "REVOKE DELETE, TRUNCATE ON training_taughtsession, training_place FROM portal_app, portal_system",
            RunSQL.noop,
        ),
        RunSQL("REVOKE UPDATE, DELETE, TRUNCATE ON training_evaluation FROM portal_app, portal_system", RunSQL.noop),
    ]
