"""Against a real ClamAV daemon: only a clear answer ends the quarantine."""

import io
import os
import signal
import socket
import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from foundation import jobs
from foundation.core.acting import acting_as
from foundation.files import quarantine, scanning
from foundation.files.models import StoredFile
from foundation.files.scanning import ClamAV, Outcome, ScannerUnavailable
from foundation.files.workflow import Status
from foundation.jobs.models import Job
from foundation.ledger.models import Event
from tests.conftest import NOW
from tests.foundation.files import samples
from tests.foundation.files.conftest import EICAR, HARMFUL_TEXT, put

LATER = NOW + timedelta(hours=1)


def status_of(backup, stored_file: StoredFile) -> str:
    return backup(StoredFile).get(pk=stored_file.pk).status


# ---- The scanner itself
def test_a_clean_file_is_clean_and_says_which_scanner_looked(scanner):
    verdict = ClamAV(scanner.url).scan(io.BytesIO(b"Some words.\n"))

    assert (verdict.outcome, verdict.finding) == (Outcome.CLEAN, "")
    assert verdict.scanner.startswith("ClamAV 1.")


@pytest.mark.parametrize("content", [EICAR, HARMFUL_TEXT, samples.zipped({"inside.txt": HARMFUL_TEXT})])
def test_a_harmful_file_is_found_and_named(scanner, content):
    verdict = ClamAV(scanner.url).scan(io.BytesIO(content))

    assert verdict.outcome is Outcome.HARMFUL
    assert verdict.finding


def test_what_the_scanner_cannot_look_into_is_unwanted(scanner):
    locked = samples.with_flag_encrypted(samples.zipped({"inside.txt": b"hidden words " * 10}))

    verdict = ClamAV(scanner.url).scan(io.BytesIO(locked))

    assert verdict.outcome is Outcome.UNWANTED


def test_a_file_beyond_the_scanners_limits_is_not_clean(make_daemon):
    daemon = make_daemon(size=1)

    with pytest.raises(ScannerUnavailable, match="limits"):
        ClamAV(daemon.url).scan(io.BytesIO(os.urandom(1_500_000)))


def test_a_file_beyond_what_the_scanner_takes_in_is_not_clean(make_daemon):
    daemon = make_daemon(stream=1)

    with pytest.raises(ScannerUnavailable):
        ClamAV(daemon.url, seconds=5).scan(io.BytesIO(os.urandom(3_000_000)))


def test_a_scanner_that_does_not_tell_of_its_limits_is_not_believed(make_daemon):
    daemon = make_daemon(tells=False)

    with pytest.raises(ScannerUnavailable, match="it does not tell"):
        ClamAV(daemon.url).scan(io.BytesIO(b"Some words.\n"))


def test_a_scanner_that_is_down_gives_no_verdict():
    with pytest.raises(ScannerUnavailable, match="down"):
        ClamAV("unix:/tmp/no-such-scanner.ctl").scan(io.BytesIO(b"Some words.\n"))


def test_a_scanner_that_hangs_gives_no_verdict(scanner):
    daemon = scanner.process
    os.kill(daemon.pid, signal.SIGSTOP)
    try:
        with pytest.raises(ScannerUnavailable):
            ClamAV(scanner.url, seconds=0.5).scan(io.BytesIO(b"Some words.\n"))
    finally:
        os.kill(daemon.pid, signal.SIGCONT)


@pytest.mark.parametrize(
    "answers",
    [
        [b"ClamAV 1.4/1/x\n", b""],
        [b"ClamAV 1.4/1/x\n", b"stream: OK\n"],
        [b"SomethingElse 1\n"],
        [b"ClamAV 1.4/1/x\n", b"nonsense\n"],
        [b"ClamAV 1.4/1/x\n", *[b"stream: Test FOUND\n"] * 3, b"stream: something ERROR\n"],
        [b"ClamAV 1.4/1/x\n", *[b"stream: Test FOUND\n"] * 3, b"OK\n"],
        [b"ClamAV 1.4/1/x\n", *[b"stream: Test FOUND\n"] * 3, b""],
    ],
)
def test_an_answer_that_is_not_clear_is_no_verdict(tmp_path, answers):
    """A peer that speaks the protocol badly: nothing after its last answer, or an answer that says nothing."""
    listener = socket.socket(socket.AF_INET)
    listener.bind(("127.0.0.1", 0))
    listener.listen()

    def serve() -> None:
        for answer in answers:
            peer, _ = listener.accept()
            peer.settimeout(2)
            peer.recv(1 << 16)
            peer.sendall(answer)
            peer.close()

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    try:
        with pytest.raises(ScannerUnavailable):
            ClamAV(f"tcp://127.0.0.1:{listener.getsockname()[1]}", seconds=1).scan(io.BytesIO(b"Some words.\n"))
    finally:
        listener.close()
        server.join(5)


@pytest.mark.parametrize("url", ["http://scanner", "clamd.ctl", "unix:", "tcp://"])
def test_an_address_that_is_none_is_refused_with_what_to_write(url):
    with pytest.raises(ImproperlyConfigured, match="PORTAL_CLAMD_URL"):
        ClamAV(url).scan(io.BytesIO(b"x"))


# ---- The quarantine
def test_an_upload_waits_in_quarantine_with_a_scan_queued(lead, scanner):
    stored_file = put(lead)

    with acting_as(lead):
        job = Job.objects.get()
    assert stored_file.status == Status.QUARANTINED
    assert (job.name, job.arguments) == ("files.scan", {"stored_file_id": stored_file.pk})


@pytest.mark.parametrize(
    ("content", "status"), [(b"Some words.\n", "clean"), (EICAR, "infected"), (HARMFUL_TEXT, "infected")]
)
def test_the_scan_settles_what_a_file_is(committed, lead, backup, scanner, content, status):
    stored_file = put(lead, content)

    with acting_as(lead):
        jobs.run_here(Job.objects.get(), at=LATER)

    stands = backup(StoredFile).get(pk=stored_file.pk)
    assert (stands.status, stands.scanned_at, stands.scan_started_at) == (status, LATER, None)
    assert stands.scanner.startswith("ClamAV")
    assert stands.signatures
    assert backup(Event).filter(verb="file.scanned", target_id=stands.pk).count() == 1


def test_a_scanner_that_is_away_leaves_the_file_in_quarantine_until_it_is_back(
    committed, lead, backup, make_daemon, settings
):
    daemon = make_daemon()
    settings.CLAMD_URL = daemon.url
    stored_file = put(lead)
    daemon.stop()

    with acting_as(lead):
        job = jobs.run_here(Job.objects.get(), at=LATER)
    away = status_of(backup, stored_file)
    quarantine.scan_waiting(now=LATER)
    still_away = status_of(backup, stored_file)
    daemon.start()
    quarantine.scan_waiting(now=LATER)

    assert (away, still_away) == (Status.QUARANTINED, Status.QUARANTINED)
    assert status_of(backup, stored_file) == Status.CLEAN
    assert job.status == "done"


def test_a_scanner_killed_in_mid_scan_leaves_the_file_in_quarantine(committed, lead, backup, make_daemon, settings):
    daemon = make_daemon()
    settings.CLAMD_URL = daemon.url
    stored_file = put(lead, os.urandom(8_000_000).hex().encode(), "long.txt")
    killer = threading.Timer(0.02, daemon.stop)
    killer.start()

    quarantine.scan_waiting(now=LATER)

    killer.join()
    assert status_of(backup, stored_file) in {Status.QUARANTINED, Status.CLEAN}
    if status_of(backup, stored_file) == Status.CLEAN:
        pytest.fail("the daemon was not killed in time to prove anything")


def test_a_scan_that_never_came_back_is_taken_up_again(committed, lead, backup, scanner):
    stored_file = put(lead)
    with acting_as(lead):
        StoredFile.objects.update(status=Status.SCANNING, scan_started_at=NOW)

    quarantine.scan_waiting(now=NOW + timedelta(minutes=9))
    too_soon = status_of(backup, stored_file)
    quarantine.scan_waiting(now=NOW + timedelta(minutes=11))

    assert (too_soon, status_of(backup, stored_file)) == (Status.SCANNING, Status.CLEAN)


def test_two_scans_at_once_give_one_verdict(committed, lead, backup, scanner):
    stored_file = put(lead)
    ready = threading.Barrier(2)

    def scan() -> None:
        ready.wait()
        quarantine.scan_waiting(now=LATER)
        from django.db import connection

        connection.close()

    threads = [threading.Thread(target=scan) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert status_of(backup, stored_file) == Status.CLEAN
    assert backup(Event).filter(verb="file.scanned").count() == 1


def test_a_scan_after_the_withdrawal_changes_nothing(committed, lead, backup, scanner):
    from foundation.files import actions

    stored_file = put(lead)
    with acting_as(lead):
        actions.withdraw(stored_file_id=stored_file.pk, by=lead, now=NOW)

    quarantine.scan_waiting(now=LATER)

    assert status_of(backup, stored_file) == Status.WITHDRAWN


def test_files_from_before_the_scanner_are_scanned_once_there_is_one(committed, lead, backup, shared_daemon, settings):
    stored_file = put(lead, EICAR)
    assert status_of(backup, stored_file) == Status.NOT_SCANNED
    settings.CLAMD_URL = shared_daemon.url

    quarantine.scan_waiting(now=LATER)

    assert status_of(backup, stored_file) == Status.INFECTED


def test_without_a_scanner_any_more_waiting_files_say_that_nobody_looked(committed, lead, backup, scanner, settings):
    stored_file = put(lead)
    settings.CLAMD_URL = ""

    quarantine.scan_waiting(now=LATER)

    assert status_of(backup, stored_file) == Status.NOT_SCANNED


def test_a_file_whose_bytes_are_gone_does_not_keep_the_others_waiting(committed, lead, backup, scanner, settings):
    import shutil

    put(lead, b"first\n")
    shutil.rmtree(settings.FILES_DIR)
    second = put(lead, b"second\n")

    quarantine.scan_waiting(now=LATER)

    assert status_of(backup, second) == Status.CLEAN


def test_no_scanner_is_no_scanner(settings):
    settings.CLAMD_URL = ""

    assert scanning.configured() is None
