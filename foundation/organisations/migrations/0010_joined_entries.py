import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations import RunSQL
from django.db.models import F, Q

from foundation.core.row_security import same_organisation

# Nothing new is written about an entry that was joined with another, whoever still has it in hand at that moment.
REFUSE_JOINED = """
CREATE FUNCTION organisations_refuse_joined() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM organisations_membership AS person
                WHERE person.joined_into_id IS NOT NULL
                  AND person.id IN (SELECT membership_id FROM new_rows)) THEN
        RAISE EXCEPTION 'This person was joined with another entry.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""
# What somebody has is theirs for good. It becomes another entry's only as the two entries are joined.
STAYS_UNLESS_JOINED = """
CREATE FUNCTION organisations_stays_unless_joined() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM organisations_membership
                    WHERE id = OLD.membership_id AND joined_into_id = NEW.membership_id) THEN
        RAISE EXCEPTION 'This belongs to somebody else.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("organisations", "0009_import_rows_say_what_people_do")]

    operations = [
        *(
            migrations.RemoveConstraint(model_name="membership", name=f"membership_{name}")
            for name in ("staff_number_once", "external_id_once", "ends_after_it_begins")
        ),
        migrations.AddField(
            model_name="membership", name="joined_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="membership",
            name="joined_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="joined",
                to="organisations.membership",
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                condition=Q(joined_into__isnull=False), fields=["joined_into"], name="membership_joined_into"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=~Q(staff_number="") & Q(joined_into__isnull=True),
                fields=("organisation", "staff_number"),
                name="membership_staff_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=~Q(external_id="") & Q(joined_into__isnull=True),
                fields=("organisation", "external_id"),
                name="membership_external_id_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")) | Q(joined_into__isnull=False),
                name="membership_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=Q(joined_into__isnull=True, joined_at__isnull=True)
                | Q(joined_into__isnull=False, joined_at__isnull=False, ends_on__isnull=False)
                & ~Q(joined_into=F("pk")),
                name="membership_joined_into_another_when",
            ),
        ),
        same_organisation("organisations_membership", "joined_into_id", "organisations_membership"),
        RunSQL(REFUSE_JOINED, "DROP FUNCTION organisations_refuse_joined()"),
        RunSQL(STAYS_UNLESS_JOINED, "DROP FUNCTION organisations_stays_unless_joined()"),
        *(
            RunSQL(
                f"CREATE TRIGGER refuse_joined AFTER INSERT ON organisations_{table} REFERENCING NEW TABLE AS new_rows"
                " FOR EACH STATEMENT EXECUTE FUNCTION organisations_refuse_joined()",
                f"DROP TRIGGER refuse_joined ON organisations_{table}",
            )
            for table in ("rolegrant", "invitation")
        ),
    ]
