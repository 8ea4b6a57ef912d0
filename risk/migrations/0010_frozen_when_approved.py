"""What was approved stays as it was, whatever code asks: the database refuses."""

from django.db import migrations

FROZEN = "('approved', 'superseded')"
PARTS = {
    "risk_entry": "assessment_id",
    "risk_comment": "assessment_id",
    "risk_control": "entry_id",
    "risk_entryrevision": "entry_id",
    "risk_scorechange": "entry_id",
}

OF_PARTS = f"""
CREATE FUNCTION risk_refuse_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was bigint; becomes bigint;
BEGIN
    IF TG_OP <> 'INSERT' THEN was := (to_jsonb(OLD) ->> TG_ARGV[0])::bigint; END IF;
    IF TG_OP <> 'DELETE' THEN becomes := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint; END IF;
    IF TG_ARGV[0] = 'entry_id' THEN
        SELECT assessment_id INTO was FROM risk_entry WHERE id = was;
        SELECT assessment_id INTO becomes FROM risk_entry WHERE id = becomes;
    END IF;
    IF EXISTS (SELECT 1 FROM risk_assessment WHERE id IN (was, becomes) AND status IN {FROZEN}) THEN
        RAISE EXCEPTION 'An approved risk assessment is kept as it is.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
"""
OF_THE_WHOLE = f"""
CREATE FUNCTION risk_refuse_frozen_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status NOT IN {FROZEN} THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'DELETE' OR NEW.status NOT IN {FROZEN}
       OR to_jsonb(NEW) - 'status' - 'superseded_at' <> to_jsonb(OLD) - 'status' - 'superseded_at' THEN
        RAISE EXCEPTION 'An approved risk assessment is kept as it is.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER risk_frozen_assessment BEFORE UPDATE OR DELETE ON risk_assessment
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_frozen_assessment();
"""


class Migration(migrations.Migration):
    dependencies = [("risk", "0010_entries_taken_out")]

    operations = [
        migrations.RunSQL(OF_PARTS, "DROP FUNCTION risk_refuse_frozen()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER risk_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION risk_refuse_frozen('{column}')",
                f"DROP TRIGGER risk_frozen ON {table}",
            )
            for table, column in PARTS.items()
        ),
        migrations.RunSQL(
            OF_THE_WHOLE,
            "DROP TRIGGER risk_frozen_assessment ON risk_assessment; DROP FUNCTION risk_refuse_frozen_assessment()",
        ),
    ]
