"""AD-4: whatever is done to the ledger behind the app's back is found and the first bad row is named."""

import json
import shutil
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from foundation.ledger import blocks, checkpoints, sealing, verification
from foundation.ledger.faults import Fault, Finding
from foundation.ledger.models import Seal, SealerState, Verification
from tests.foundation.ledger.conftest import guards_down, write

FORGED_EVENT = (
    "INSERT INTO ledger_event (id, system_purpose, verb, target_type, target_reference, facts, at, recorded_at,"
    " request_id, transaction_id)"
    " VALUES (4000, '', 'test.forged', '', '', '{}', now() - interval '1 day', now() - interval '1 day', '', '3')"
)


def first_finding() -> Finding | None:
    findings = verification.verify().findings
    return findings[0] if findings else None


def test_an_untouched_ledger_is_whole(sealed):
    outcome = verification.verify()

    assert outcome.findings == []
    assert (outcome.first, outcome.last, outcome.count) == (1, 12, 12)


@pytest.mark.parametrize(
    "change",
    [
        "facts = '{\"number\":99}'",
        "verb = 'test.else'",
        "organisation_id = 2",
        "actor_user_id = 7",
        "actor_membership_id = 7",
        "system_purpose = 'seal'",
        "target_type = 'x'",
        "target_id = 3",
        "target_reference = 'K'",
        "at = at + interval '1 microsecond'",
        "recorded_at = recorded_at - interval '1 hour'",
        "request_id = 'r'",
        "transaction_id = '3'",
    ],
)
def test_an_edit_of_any_column_is_located(sealed, tamper, change):
    tamper(f"UPDATE ledger_event SET {change} WHERE id = {sealed[6]}")

    assert first_finding() == Finding(Fault.EDITED, 7, sealed[6])


def test_text_moved_from_one_column_to_the_next_is_located(sealed, tamper):
    tamper(f"UPDATE ledger_event SET target_type = verb, verb = target_type WHERE id = {sealed[2]}")

    assert first_finding() == Finding(Fault.EDITED, 3, sealed[2])


def test_a_deleted_event_is_located(sealed, tamper):
    tamper(f"DELETE FROM ledger_event WHERE id = {sealed[4]}")

    assert first_finding() == Finding(Fault.DELETED, 5, sealed[4])


def test_an_event_deleted_with_its_seal_is_located(sealed, tamper):
    tamper(f"DELETE FROM ledger_event WHERE id = {sealed[4]}", "DELETE FROM ledger_seal WHERE sequence = 5")

    assert first_finding() == Finding(Fault.SEAL_MISSING, 5)


def test_an_event_deleted_with_its_seal_and_the_rest_moved_up_is_located(sealed, tamper):
    tamper(
        f"DELETE FROM ledger_event WHERE id = {sealed[4]}",
        "DELETE FROM ledger_seal WHERE sequence = 5",
        *(f"UPDATE ledger_seal SET sequence = {number - 1} WHERE sequence = {number}" for number in range(6, 13)),
    )

    assert first_finding() == Finding(Fault.SEAL_EDITED, 5, sealed[5])


def test_two_events_that_changed_places_are_located(sealed, tamper):
    a, b = sealed[3], sealed[8]
    tamper(
        f"UPDATE ledger_event SET id = -1 WHERE id = {a}",
        f"UPDATE ledger_event SET id = {a} WHERE id = {b}",
        f"UPDATE ledger_event SET id = {b} WHERE id = -1",
    )

    assert first_finding() == Finding(Fault.SWAPPED, 4, a, detail=f"(the other is event {b})")


def test_two_seals_that_changed_places_are_located(sealed, tamper):
    tamper(
        "UPDATE ledger_seal SET sequence = 1000 WHERE sequence = 4",
        "UPDATE ledger_seal SET sequence = 4 WHERE sequence = 9",
        "UPDATE ledger_seal SET sequence = 9 WHERE sequence = 1000",
    )

    assert first_finding() == Finding(Fault.SEALS_SWAPPED, 4, sealed[8])


def test_a_renumbered_event_is_located(sealed, tamper):
    tamper(f"UPDATE ledger_event SET id = 5000 WHERE id = {sealed[10]}")

    assert first_finding() == Finding(Fault.RENUMBERED, 11, sealed[10], detail="(it is now 5000)")


def test_an_event_inserted_past_the_sealer_is_located(sealed, tamper):
    tamper(FORGED_EVENT)
    sealing.seal()

    assert first_finding() == Finding(Fault.INSERTED, event_id=4000)


def test_an_event_inserted_with_a_seal_of_its_own_is_located(sealed, tamper):
    tamper(
        FORGED_EVENT,
        *(f"UPDATE ledger_seal SET sequence = {n + 1} WHERE sequence = {n}" for n in range(12, 4, -1)),
        f"INSERT INTO ledger_seal SELECT 5, 4000, {digest_in_sql(4000)}, sha256('guess'), now()",
    )

    assert first_finding() == Finding(Fault.SEAL_INSERTED, 5, 4000)


def test_an_edited_seal_is_located(sealed, tamper):
    tamper("UPDATE ledger_seal SET digest = sha256('x') WHERE sequence = 8")

    assert first_finding() == Finding(Fault.SEAL_EDITED, 8, sealed[7])


def test_a_chain_rewritten_from_the_edit_on_is_found_by_the_checkpoint(sealed):
    with guards_down() as cursor:
        cursor.execute(f"UPDATE ledger_event SET verb = 'test.else' WHERE id = {sealed[1]}")
        reseal(cursor)

    finding = first_finding()

    assert (finding.fault, finding.sequence) == (Fault.REWRITTEN, 6)


def test_a_cut_tail_is_found(sealed, tamper):
    tamper("DELETE FROM ledger_seal WHERE sequence > 9", f"DELETE FROM ledger_event WHERE id > {sealed[8]}")

    finding = first_finding()

    assert (finding.fault, finding.sequence) == (Fault.TAIL_CUT, 10)


def test_a_cut_tail_that_was_written_over_is_found(sealed, tamper):
    tamper("DELETE FROM ledger_seal WHERE sequence > 9", f"DELETE FROM ledger_event WHERE id > {sealed[8]}")
    write(20)
    sealing.seal()

    finding = first_finding()

    assert (finding.fault, finding.sequence) == (Fault.REWRITTEN, 12)
    assert SealerState.objects.get().problem == SealerState.Problem.CHECKPOINT_DIFFERS


def test_an_old_copy_of_the_database_is_found_and_gets_no_checkpoint(sealed, tamper):
    tamper(
        "DELETE FROM ledger_seal WHERE sequence > 9",
        f"DELETE FROM ledger_event WHERE id > {sealed[8]}",
        "UPDATE ledger_sealerstate SET sequence = 9",
    )

    found_at_once = first_finding()
    sealing.seal()

    assert (found_at_once.fault, found_at_once.sequence) == (Fault.OLD_COPY, 10)
    assert SealerState.objects.get().problem == SealerState.Problem.BEHIND_CHECKPOINT
    assert [each.sequence for each in checkpoints.read_all()] == [6, 12]


def test_a_restore_that_was_meant_is_accepted_and_then_guarded_again(sealed, tamper):
    tamper("DELETE FROM ledger_seal WHERE sequence > 9", f"DELETE FROM ledger_event WHERE id > {sealed[8]}")
    call_command("seal_audit", "--after-restore", stdout=StringIO())
    write(2)
    sealing.seal()

    accepted = first_finding()
    tamper("DELETE FROM ledger_seal WHERE sequence > 10")
    cut_again = first_finding()

    assert accepted is None
    assert [(each.sequence, each.restored_from) for each in checkpoints.read_all()] == [(6, None), (9, 12), (11, None)]
    assert (cut_again.fault, cut_again.sequence) == (Fault.TAIL_CUT, 11)


@pytest.mark.parametrize("line", [0, 1])
def test_a_forged_checkpoint_is_located(sealed, line):
    (path,) = settings.CHECKPOINT_DIR.glob("*.jsonl")
    lines = path.read_text().splitlines()
    lines[line] = json.dumps(json.loads(lines[line]) | {"hash": "00" * 32})
    path.write_text("\n".join(lines) + "\n")

    assert first_finding() == Finding(Fault.CHECKPOINT_DAMAGED, detail=f"({path.name}, line {line + 1})")


def test_a_checkpoint_taken_out_of_the_file_is_noticed(sealed):
    (path,) = settings.CHECKPOINT_DIR.glob("*.jsonl")
    path.write_text(path.read_text().splitlines()[1] + "\n")

    assert first_finding().fault == Fault.CHECKPOINT_DAMAGED


def test_a_line_torn_by_a_power_failure_does_no_harm(sealed):
    (path,) = settings.CHECKPOINT_DIR.glob("*.jsonl")
    with path.open("a") as file:
        file.write('{"at": "2026-11-2')
    write(1)
    sealing.seal()

    assert first_finding() is None
    assert [each.sequence for each in checkpoints.read_all()] == [6, 12, 13]


def test_a_copy_of_the_checkpoints_kept_elsewhere_convicts_a_consistent_cut(sealed, tamper, tmp_path):
    copy = shutil.copytree(settings.CHECKPOINT_DIR, tmp_path / "elsewhere")
    (path,) = settings.CHECKPOINT_DIR.glob("*.jsonl")
    path.write_text(path.read_text().splitlines()[0] + "\n")
    tamper("DELETE FROM ledger_seal WHERE sequence > 6", f"DELETE FROM ledger_event WHERE id > {sealed[5]}")

    with pytest.raises(CommandError, match="cut off"):
        call_command("verify_audit", "--checkpoints", str(copy), "--public-key", checkpoints.public_key_text())


def test_a_checkpoint_signed_with_another_key_is_refused(sealed, tmp_path, settings):
    settings.CHECKPOINT_KEY_FILE = tmp_path / "another-key.pem"

    assert first_finding().fault == Fault.CHECKPOINT_DAMAGED


def test_an_event_that_waits_for_more_than_five_minutes_is_named(sealed, tamper):
    write(1)
    tamper(
        "UPDATE ledger_event SET recorded_at = now() - interval '6 minutes' WHERE facts = '{\"number\":0}' AND id > 12"
    )

    finding = first_finding()

    assert finding.fault == Fault.NOT_SEALED


def test_faults_are_located_across_blocks_and_events_out_of_order(sealed, tamper, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 5)
    monkeypatch.setattr(verification, "BLOCK", 5)
    before = first_finding()
    tamper(f"UPDATE ledger_event SET verb = 'x.y' WHERE id = {sealed[11]}")

    assert before is None
    assert first_finding() == Finding(Fault.EDITED, 12, sealed[11])


def test_verification_can_begin_in_the_middle(sealed, tamper):
    tamper(f"UPDATE ledger_event SET verb = 'x.y' WHERE id = {sealed[1]}")

    outcome = verification.verify(first=3)

    assert (outcome.findings, outcome.first, outcome.last) == ([], 3, 12)


def test_the_command_says_what_is_wrong_and_ends_with_one(sealed, tamper):
    out = StringIO()
    call_command("verify_audit", stdout=out)
    tamper(f"UPDATE ledger_event SET verb = 'x.y' WHERE id = {sealed[1]}")

    with pytest.raises(CommandError) as refused:
        call_command("verify_audit")

    assert out.getvalue() == "The ledger is whole: 12 events, from 1 to 12.\n"
    assert refused.value.returncode == 1
    assert f"seal 2, event {sealed[1]}: The event was edited after it was sealed." in str(refused.value)


def test_every_verification_leaves_its_outcome(sealed, tamper):
    verification.verify()
    tamper(f"DELETE FROM ledger_event WHERE id = {sealed[4]}")
    verification.verify()

    kept = list(Verification.objects.order_by("pk").values_list("fault", "fault_sequence", "fault_event_id"))
    assert kept == [("", None, None), ("deleted", 5, sealed[4])]


def test_an_empty_ledger_is_whole(committed):
    assert verification.verify().findings == []


def digest_in_sql(event_id: int) -> str:
    from foundation.ledger.canonical import CANONICAL

    return f"(SELECT sha256({CANONICAL}) FROM ledger_event e WHERE e.id = {event_id})"


def reseal(cursor) -> None:
    """What a thorough forger does: every digest and hash made anew."""
    from foundation.ledger.canonical import CANONICAL, GENESIS, digest_of, link

    cursor.execute(
        f"SELECT s.sequence, {CANONICAL} FROM ledger_seal s JOIN ledger_event e ON e.id = s.event_id"
        " ORDER BY s.sequence"
    )
    before = GENESIS
    for sequence, canonical in cursor.fetchall():
        digest = digest_of(bytes(canonical))
        before = link(before, digest)
        cursor.execute("UPDATE ledger_seal SET digest = %s, hash = %s WHERE sequence = %s", [digest, before, sequence])


def test_all_seals_are_readable_in_any_context(sealed):
    assert Seal.objects.count() == 12
