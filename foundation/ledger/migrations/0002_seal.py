"""The chain: seals, what the sealer last saw, verifications; and the locks that make the ledger insert-only."""

import django.db.models.functions.datetime
from django.db import migrations, models

# What the app writes of an event. The rest (id, recorded_at, transaction_id) comes from the database alone.
WRITTEN = (
    "organisation_id, actor_user_id, actor_membership_id, system_purpose, verb, target_type, target_id,"
    " target_reference, facts, at, request_id"
)
PURPOSE = "current_setting('portal.system_purpose', true)"
MIGRATING = "current_setting('portal.owner_purpose', true) = 'migration'"


def insert_only(table):
    """Refuse UPDATE, DELETE and TRUNCATE to every role, the owner included, but for migrations.

    A statement that would touch no row is refused as well: a policy that hides the rows must not look like success.
    """
    return [
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM portal_app, portal_system",
        f"CREATE TRIGGER {table}_is_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION portal_ledger_is_insert_only()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_insert_only",
    ]


def shared(table, purpose, *commands):
    """A table without organisation data: everybody reads, the system role writes for one purpose."""
    clauses = {"INSERT": f"WITH CHECK ({PURPOSE} = '{purpose}')", "UPDATE": f"USING ({PURPOSE} = '{purpose}')"}
    return [
        f"REVOKE ALL ON {table} FROM portal_app, portal_system",
        f"GRANT SELECT ON {table} TO portal_app",
        f"GRANT SELECT, {', '.join(commands)} ON {table} TO portal_system",
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY everybody_reads ON {table} FOR SELECT TO portal_app, portal_system USING (true)",
        *(
            f"CREATE POLICY system_{command.lower()}s ON {table} FOR {command} TO portal_system {clauses[command]}"
            for command in commands
        ),
        f"CREATE POLICY migrating ON {table} FOR ALL TO portal_owner USING ({MIGRATING}) WITH CHECK ({MIGRATING})",
    ]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("sequence", models.BigIntegerField(primary_key=True, serialize=False)),
                ("event_id", models.BigIntegerField(unique=True)),
                ("digest", models.BinaryField(max_length=32)),
                ("hash", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField(db_index=True)),
            ],
            options={"ordering": ["sequence"]},
        ),
        migrations.CreateModel(
            name="SealerState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ran_at", models.DateTimeField()),
                ("sequence", models.BigIntegerField(default=0)),
                ("transaction_id", models.BigIntegerField(default=0)),
                ("waiting_since", models.DateTimeField(null=True)),
                ("checkpoint_at", models.DateTimeField(null=True)),
                ("checkpoint_sequence", models.BigIntegerField(null=True)),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("behind_checkpoint", "The ledger ends before the last checkpoint."),
                            ("checkpoint_differs", "The ledger is not the one the last checkpoint was made of."),
                            (
                                "checkpoint_damaged",
                                "The last checkpoint cannot be read or its signature is wrong.",
                            ),
                            ("checkpoint_not_written", "The checkpoint could not be written."),
                        ],
                        max_length=40,
                    ),
                ),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="sealer_state_is_one_row")],
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                ("first_sequence", models.BigIntegerField()),
                ("last_sequence", models.BigIntegerField()),
                ("fault", models.CharField(blank=True, max_length=40)),
                ("fault_sequence", models.BigIntegerField(null=True)),
                ("fault_event_id", models.BigIntegerField(null=True)),
            ],
            options={"ordering": ["-ended_at", "-pk"]},
        ),
        migrations.AlterField(
            model_name="event",
            name="recorded_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.RunSQL(
            [
                "CREATE FUNCTION portal_ledger_is_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$"
                " BEGIN"
                "   IF current_user = 'portal_owner' AND current_setting('portal.owner_purpose', true) = 'migration' THEN"
                "     RETURN NULL;"
                "   END IF;"
                "   RAISE EXCEPTION '% is insert-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '42501';"
                " END $$",
                # ---- Events: the database says when, in which transaction and under which number
                "ALTER TABLE ledger_event ADD COLUMN transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id()",
                "CREATE INDEX ledger_event_in_order ON ledger_event (transaction_id, id)",
                "REVOKE INSERT ON ledger_event FROM portal_app, portal_system",
                f"GRANT INSERT ({WRITTEN}) ON ledger_event TO portal_app, portal_system",
                *insert_only("ledger_event"),
                # ---- The chain, and who watches it
                *shared("ledger_seal", "seal", "INSERT"),
                *insert_only("ledger_seal"),
                "ALTER TABLE ledger_seal ADD CONSTRAINT seal_has_whole_hashes"
                " CHECK (octet_length(digest) = 32 AND octet_length(hash) = 32)",
                "ALTER TABLE ledger_seal ADD CONSTRAINT seal_counts_from_one CHECK (sequence > 0)",
                # Before the policies close: the sealer's five minutes begin when it is installed.
                "INSERT INTO ledger_sealerstate (id, ran_at, sequence, transaction_id, problem) VALUES (1, now(), 0, 0, '')",
                *shared("ledger_sealerstate", "seal", "INSERT", "UPDATE"),
                *shared("ledger_verification", "verify", "INSERT"),
                "GRANT USAGE ON SEQUENCE ledger_verification_id_seq TO portal_system",
                *insert_only("ledger_verification"),
            ],
            migrations.RunSQL.noop,
        ),
    ]
