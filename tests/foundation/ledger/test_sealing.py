"""AD-4: every settled event is in one gap-free chain, however many write and however many seal."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from threading import Barrier

from django.db import connection, connections, transaction
from django.utils import timezone

from foundation import ledger
from foundation.core.acting import person_context
from foundation.ledger import sealing, verification
from foundation.ledger.canonical import GENESIS
from foundation.ledger.models import Event, Seal, SealerState
from tests.conftest import NOW
from tests.foundation.ledger.conftest import guards_down, write


def test_every_event_gets_one_seal_in_a_chain_without_gaps(sealed):
    seals = list(Seal.objects.all())

    assert [seal.sequence for seal in seals] == list(range(1, 13))
    assert sorted(sealed) == sorted(Event._base_manager.using("backup").values_list("pk", flat=True))
    before = GENESIS
    for seal in seals:
        assert bytes(seal.hash) == sha256(before + bytes(seal.digest)).digest()
        before = bytes(seal.hash)


def test_sixteen_writers_and_four_sealers_make_one_chain(committed):
    start = Barrier(20)

    def writer(number: int) -> None:
        start.wait()
        write(25, organisation_id=number)
        connection.close()

    def sealer(_: int) -> None:
        start.wait()
        for _again in range(20):
            sealing.seal()
        connection.close()

    with ThreadPoolExecutor(20) as pool:
        for done in [*(pool.submit(writer, n) for n in range(1, 17)), *(pool.submit(sealer, n) for n in range(4))]:
            done.result()
    sealing.seal()

    assert list(Seal.objects.values_list("sequence", flat=True)) == list(range(1, 401))
    assert Seal.objects.values("event_id").distinct().count() == 400
    assert verification.verify().findings == []


def test_an_event_of_an_open_transaction_waits_and_is_not_passed_over(committed):
    with person_context(user_id=None, organisation_id=1):
        ledger.record("test.slow", actor=None, at=NOW, organisation_id=1)
        with ThreadPoolExecutor(1) as other:
            other.submit(lambda: (write(3), connection.close())).result()
            sealed_meanwhile = other.submit(lambda: (sealing.seal(), connection.close())[0]).result()
    sealed_afterwards = sealing.seal()

    assert (sealed_meanwhile, sealed_afterwards) == (0, 4)
    assert verification.verify().findings == []


def test_an_event_rolled_back_leaves_no_gap_in_the_chain(committed):
    write(1)
    with person_context(user_id=None, organisation_id=1):
        ledger.record("test.undone", actor=None, at=NOW, organisation_id=1)
        transaction.set_rollback(True)
    write(1)

    sealing.seal()

    assert list(Seal.objects.values_list("sequence", flat=True)) == [1, 2]


def test_one_transaction_larger_than_a_batch_is_sealed_whole(committed, monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 10)
    with person_context(user_id=None, organisation_id=1):
        for _ in range(35):
            ledger.record("test.imported", actor=None, at=NOW, organisation_id=1)

    sealed = sealing.seal()

    assert sealed == 35
    assert verification.verify().findings == []


def test_sealing_goes_on_after_a_restore_into_a_younger_database(sealed):
    """Restored rows carry transaction numbers of the old server; the new server's own are far behind them."""
    with guards_down() as cursor:
        cursor.execute("TRUNCATE ledger_seal")
        cursor.execute("UPDATE ledger_event SET transaction_id = (transaction_id::text::bigint + 10^12)::text::xid8")
        cursor.execute("UPDATE ledger_sealerstate SET transaction_id = 10^12")
    write(2)

    sealed_first = sealing.seal()
    write(3)
    sealed_next = sealing.seal()

    assert (sealed_first, sealed_next) == (14, 3)


def test_a_sealer_that_finds_another_at_work_does_nothing(committed):
    write(1)
    with connections["backup"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [sealing.LOCK])

        sealed = sealing.seal()

    assert sealed == 0


def test_sealing_is_late_when_the_sealer_stopped_five_minutes_ago(sealed):
    ran_at = SealerState.objects.get().ran_at

    assert not sealing.sealing_is_late(ran_at + timedelta(minutes=5))
    assert sealing.sealing_is_late(ran_at + timedelta(minutes=5, seconds=1))


def test_sealing_is_late_when_an_open_transaction_holds_it_back(committed):
    with person_context(user_id=None, organisation_id=1):
        ledger.record("test.slow", actor=None, at=NOW, organisation_id=1)
        with ThreadPoolExecutor(1) as other:
            other.submit(lambda: (write(1), sealing.seal(), connection.close())).result()
        state = SealerState.objects.get()

    assert state.waiting_since is not None
    assert not state.is_late(state.waiting_since + timedelta(minutes=5))
    assert state.is_late(state.waiting_since + timedelta(minutes=5, seconds=1))


def test_sealing_is_late_when_it_has_never_run(committed):
    assert sealing.sealing_is_late(timezone.now())
