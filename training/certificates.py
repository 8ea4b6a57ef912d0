"""What a certificate shows: the words that were kept with it, and how somebody who holds it in hand checks it."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from foundation.core.addresses import absolute
from foundation.documents import qr_code
from foundation.documents.layout import DocumentContext
from training.models import Certificate

TEMPLATE = "training/pdf/certificate.html"
# How many letters of a name or title fit at each size; longer ones are set smaller, and all of them fit on the page.
SIZES = ((26, "largest"), (52, "large"), (110, "medium"), (210, "small"))


@dataclass(frozen=True)
class CertificateContent:
    """One certificate as it is printed. ``score`` and ``minutes`` are None where they were not kept."""

    document: DocumentContext
    portal_name: str
    number: str
    name: str
    name_size: str
    course_title: str
    title_size: str
    course_version: int | None
    organisation: str
    completed_on: date
    issued_on: date
    minutes: int | None
    score: int | None
    address: str
    code: SafeString


def build(certificate: Certificate, *, now: datetime) -> CertificateContent:
    """Read the certificate with its completion."""
    completion = certificate.completion
    address = absolute(reverse("training:verify"))
    return CertificateContent(
        document=DocumentContext(
            title=_("Certificate: %(course)s") % {"course": certificate.course_title},
            subtitle=_("Certificate %(number)s") % {"number": certificate.reference},
            organisation=certificate.organisation_name,
            marking="",
            report_id=certificate.reference,
            as_at=certificate.issued_at,
            generated_at=now,
            version=str(completion.version_number or 1),
        ),
        portal_name=settings.PORTAL_NAME,
        number=certificate.reference,
        name=certificate.name,
        name_size=size_of(certificate.name),
        course_title=certificate.course_title,
        title_size=size_of(certificate.course_title),
        course_version=completion.version_number,
        organisation=certificate.organisation_name,
        completed_on=certificate.completed_on,
        issued_on=timezone.localdate(certificate.issued_at),
        minutes=completion.minutes,
        score=completion.score,
        address=address,
        code=qr_code.draw(
            address,
            title=_("QR code that opens %(address)s") % {"address": address},
            description=_("There, anybody can check whether this certificate is genuine"),
            drawing_id="check",
        ),
    )


def size_of(text: str) -> str:
    """How large a name or title is set, so that the longest still fits. Wide letters count twice."""
    width = sum(_width(letter) for letter in text)
    return next((size for most, size in SIZES if width <= most), "smallest")


def _width(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
