"""Certificates of completed courses."""

from tests.every_action.ground import BOTH_ONCE, EVERYBODY, Action
from tests.factories import certificates
from training import actions as training

ACTIONS: dict[str, Action] = {
    "training.store_certificate": Action(
        training.store_certificate, "training.certificate_made", EVERYBODY,
        lambda ground: {"certificate_id": certificates.issued(ground.me).pk, "pdf": b"%PDF-2.0"},
        own=True, hidden=True, **BOTH_ONCE,
    ),
}  # fmt: skip

ELSEWHERE = {
    "training.issue": "a part of other actions",
    "training.make_certificate_again": "tests/training/test_certificates.py: it needs one that was not made",
}
