"""The catalogue itself says that no table with organisation data stands open."""

import pytest
from django.apps import apps
from django.db import connection

from foundation.core.shared_tables import SHARED_TABLES

# Hashes and counts only: whoever may verify the chain may read them.
SEALS = {"ledger_seal", "ledger_sealerstate", "ledger_verification"}


def rows(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


@pytest.fixture
def tables(db) -> set[str]:
    return {name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}


@pytest.fixture
def organisation_tables(db) -> set[str]:
    found = rows(
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'organisation_id'"
    )
    return {name for (name,) in found} | {"organisations_organisation"}


def test_every_table_has_forced_row_security_or_is_listed_as_shared(tables):
    forced = {
        name
        for (name,) in rows(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind = 'r'"
        )
    }

    assert tables - forced - set(SHARED_TABLES) == set()


def test_no_table_listed_as_shared_has_organisation_data(organisation_tables):
    assert organisation_tables & set(SHARED_TABLES) == set()


def test_every_shared_table_exists(tables):
    assert set(SHARED_TABLES) - tables == set()


def test_every_policy_for_the_app_role_checks_what_it_reads_and_what_it_writes(organisation_tables):
    policies = rows(
        "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies WHERE 'portal_app' = ANY (roles)"
    )

    open_reads = [
        (t, p) for t, p, cmd, qual, _ in policies if cmd in {"SELECT", "UPDATE", "DELETE", "ALL"} and not qual
    ]
    open_writes = [(t, p) for t, p, cmd, _, check in policies if cmd in {"INSERT", "UPDATE", "ALL"} and not check]
    true_for_all = [(t, p) for t, p, _, qual, check in policies if "true" in {qual, check} and t not in SEALS]
    assert (open_reads, open_writes, true_for_all) == ([], [], [])


@pytest.mark.django_db
def test_every_system_policy_names_its_purpose_except_the_ledgers_insert():
    policies = rows(
        "SELECT tablename, policyname, coalesce(qual, with_check) FROM pg_policies WHERE 'portal_system' = ANY (roles)"
    )

    unnamed = {(table, name) for table, name, clause in policies if "system_purpose" not in clause}
    assert unnamed == {("ledger_event", "system_inserts"), *((table, "everybody_reads") for table in SEALS)}


def test_every_key_between_two_organisation_tables_includes_the_organisation(organisation_tables):
    keys = rows(
        """
        SELECT child.relname, parent.relname, k.conname,
               (SELECT array_agg(a.attname::text ORDER BY n)
                  FROM unnest(k.conkey) WITH ORDINALITY AS c(num, n)
                  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.num)
          FROM pg_constraint k
          JOIN pg_class child ON child.oid = k.conrelid
          JOIN pg_class parent ON parent.oid = k.confrelid
         WHERE k.contype = 'f'
        """
    )
    organisation_tables -= {"organisations_organisation"}
    between = [key for key in keys if {key[0], key[1]} <= organisation_tables]
    single = {(child, columns[0]) for child, _, _, columns in between if len(columns) == 1}
    composite = {(child, column) for child, _, _, columns in between if len(columns) == 2 for column in columns}

    # The requirement of an answer may be the library's, and a course may be the portal's, without an organisation: a
    # restrictive policy checks them.
    assert single - composite == {
        ("compliance_answer", "requirement_id"),
        ("compliance_answerrevision", "requirement_id"),
        ("compliance_contribution", "requirement_id"),
        ("actionplans_actionrequirement", "requirement_id"),
        ("compliance_answerrevision", "requirement_revision_id"),
        ("risk_reviewtask", "threat_level_id"),
        ("training_attempt", "course_id"),
        ("training_attempt", "version_id"),
        ("training_completion", "course_id"),
        ("training_requirement", "course_id"),
        ("training_equivalence", "done_id"),
        ("training_equivalence", "counts_for_id"),
        ("training_completionimport", "course_id"),
        ("training_coursename", "course_id"),
        ("training_taughtsession", "course_id"),
        ("compliance_samequestion", "specific_id"),
        ("compliance_samequestion", "general_id"),
    } & (single - composite)


@pytest.mark.django_db
def test_the_app_role_can_neither_bypass_policies_nor_own_anything():
    [(is_super, bypass, create_role, create_db)] = rows(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    [(owned,)] = rows(
        "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
    )

    assert (is_super, bypass, create_role, create_db, owned) == (False, False, False, False, 0)


def test_every_model_with_an_organisation_has_a_visible_to(db):
    without = [
        model._meta.label
        for model in apps.get_models()
        if any(field.attname == "organisation_id" for field in model._meta.fields)
        and not hasattr(model._default_manager.all(), "visible_to")
    ]

    assert without == ["compliance.RequirementRevision"] or without == []
