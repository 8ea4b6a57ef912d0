import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations import RunSQL
from django.db.models import F, Q

from foundation.core.row_security import ACTING_ORGANISATION, force_row_security
from foundation.organisations.row_security import TODAY

TABLE = "organisations_given"
IS_MEMBER = (
    f"EXISTS (SELECT 1 FROM organisations_partnershipmember place WHERE place.organisation_id = {TABLE}.partnership_id"
    f" AND place.member_id = {TABLE}.organisation_id AND place.starts_on <= {TODAY}"
    f" AND (place.ends_on IS NULL OR place.ends_on >= {TODAY}))"
)
# Triggers of the tables of what is given call it, with what it is and the column that names the partnership. The order
# keeps two that save at once from waiting for each other.
GIVEN_CHANGED = f"""
CREATE FUNCTION organisations_given_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO {TABLE} (organisation_id, partnership_id, what, changes)
    SELECT DISTINCT organisation_id, (to_jsonb(changed) ->> TG_ARGV[1])::bigint, TG_ARGV[0], 1 FROM changed ORDER BY 1, 2
        ON CONFLICT (partnership_id, what, organisation_id) DO UPDATE SET changes = {TABLE}.changes + 1;
    RETURN NULL;
END $$
"""


def to_organisation() -> models.ForeignKey:
    return models.ForeignKey(
        to="organisations.organisation", on_delete=django.db.models.deletion.PROTECT, related_name="+"
    )


class Migration(migrations.Migration):
    dependencies = [("organisations", "0011_kept_apart")]

    operations = [
        migrations.CreateModel(
            name="Given",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(choices=[("risks", "Risks"), ("actions", "Actions")], max_length=10)),
                ("changes", models.PositiveBigIntegerField()),
                ("organisation", to_organisation()),
                ("partnership", to_organisation()),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("partnership", "what", "organisation"), name="given_counted_once"),
                    models.CheckConstraint(condition=Q(("changes__gt", 0)), name="given_is_counted_from_one"),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("partnership", F("organisation")), _negated=True), ("what", "actions"), _connector="OR"
                        ),
                        name="given_places_are_of_actions",
                    ),
                ],
            },
        ),
        *force_row_security(TABLE, also_visible=f"partnership_id = {ACTING_ORGANISATION} AND {IS_MEMBER}"),
        RunSQL(f"REVOKE DELETE, TRUNCATE ON {TABLE} FROM portal_app, portal_system", RunSQL.noop),
        RunSQL(GIVEN_CHANGED, "DROP FUNCTION organisations_given_changed()"),
    ]
