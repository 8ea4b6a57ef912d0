import io
import re
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.core.acting import acting_as
from foundation.evidence import actions
from foundation.evidence.models import EvidenceItem
from foundation.files.models import StoredFile
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import evidence

INDEX = "/evidence/"


def form_fields(**changes):
    fields = {
        "title": "Minutes of May",
        "note": "Three present.",
        "effective_from_0": "1",
        "effective_from_1": "5",
        "effective_from_2": "2026",
        "marking": "official",
        "version": "0",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def titles(response) -> list[str]:
    return [item.title for item in response.context["page"].items]


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


# ---- The library
def test_the_library_shows_finds_and_sorts(lead, client_for):
    for title in ("Beta policy", "Alpha minutes", "Gamma register"):
        evidence.note(lead, title)
    client = client_for(lead)

    found = client.post(INDEX, {"search": "minutes"}, follow=True)

    assert titles(client.get(INDEX)) == ["Alpha minutes", "Beta policy", "Gamma register"]
    assert titles(client.get(INDEX + "?sort=-title")) == ["Gamma register", "Beta policy", "Alpha minutes"]
    assert titles(found) == ["Alpha minutes"]
    assert "minutes" not in found.request["QUERY_STRING"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("state=current", ["Good", "Soon"]),
        ("state=soon", ["Soon"]),
        ("state=expired", ["Old"]),
        ("state=withdrawn", ["Gone"]),
        ("kind=link", []),
        ("kind=note", ["Gone", "Good", "Old", "Soon"]),
        ("owner=none", ["Gone", "Old", "Soon"]),
        ("state=nonsense", ["Gone", "Good", "Old", "Soon"]),
    ],
)
def test_the_library_is_filtered_by_kind_state_and_owner(lead, client_for, query, shown, time_machine_at_now):
    evidence.note(lead, "Good", owner_id=lead.membership_id)
    evidence.note(lead, "Soon", expires_on=date(2026, 12, 24))
    evidence.note(lead, "Old", expires_on=date(2026, 2, 1))
    gone = evidence.note(lead, "Gone")
    with acting_as(lead):
        actions.withdraw(evidence_id=gone.pk, version=1, reason="Wrong file", by=lead, now=NOW)

    assert titles(client_for(lead).get(f"{INDEX}?{query}")) == shown


def test_the_library_is_filtered_by_one_owner(lead, client_for):
    evidence.note(lead, "Mine", owner_id=lead.membership_id)
    evidence.note(lead, "Nobody’s")

    assert titles(client_for(lead).get(f"{INDEX}?owner={lead.membership_id}")) == ["Mine"]


def test_an_empty_library_says_what_to_do(lead, acting_for, client_for):
    assert "Add the first piece" in text_of(client_for(lead).get(INDEX))
    assert "A Prevent lead adds evidence here." in text_of(client_for(acting_for("board_member")).get(INDEX))


def test_a_search_without_a_hit_says_so(lead, client_for):
    evidence.note(lead)

    assert "Nothing matches" in text_of(client_for(lead).post(INDEX, {"search": "zzz"}, follow=True))


def test_csv_and_xlsx_hold_exactly_what_is_filtered_and_no_formula(lead, client_for):
    evidence.note(lead, "=cmd|' /C calc'!A0", expires_on=date(2026, 2, 1))
    evidence.note(lead, "Not expired")
    client = client_for(lead)

    csv = b"".join(client.get(INDEX + "?state=expired&export=csv")).decode("utf-8-sig")
    xlsx = b"".join(client.get(INDEX + "?state=expired&export=xlsx"))

    assert "Not expired" not in csv
    assert "\n=" not in csv
    assert '"=' not in csv
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(xlsx)).active.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells if "calc" in str(cell.value)} == {"s"}
    assert not any("Not expired" in str(cell.value) for cell in cells)


def test_the_librarys_query_count_does_not_grow(lead, client_for):
    client = client_for(lead)
    counts = []
    for more in (2, 10):
        for number in range(more):
            evidence.note(lead, f"Minutes {more} {number}", owner_id=lead.membership_id)
        client.get(INDEX)
        with CaptureQueriesContext(connection) as captured:
            client.get(INDEX)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 16


# ---- One item
def test_the_item_says_what_it_is_and_offers_what_one_may_do(lead, acting_for, client_for):
    item = evidence.note(lead, note="<script>alert(1)</script>\nsecond line", owner_id=lead.membership_id)

    own = text_of(client_for(lead).get(item.get_absolute_url()))
    board = text_of(client_for(acting_for("board_member")).get(item.get_absolute_url()))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>second line" in own
    assert reverse("evidence:revise", args=[item.reference]) in own
    assert reverse("evidence:revise", args=[item.reference]) not in board
    assert "It is not linked to anything yet." in own


@pytest.mark.parametrize("name", ["item", "revise", "withdraw", "history"])
def test_another_organisations_item_is_the_same_as_a_missing_one(lead, other_organisation, client_for, name):
    item = evidence.note(lead, "CANARY")
    stranger = client_for(acting_of(make_membership(other_organisation, "prevent_lead")))

    for method in ("get", "post") if name in {"revise", "withdraw"} else ("get",):
        theirs = getattr(stranger, method)(reverse(f"evidence:{name}", args=[item.reference]))
        missing = getattr(stranger, method)(reverse(f"evidence:{name}", args=["ZZZZ-ZZZZ"]))
        assert (theirs.status_code, missing.status_code) == (404, 404)
        assert "CANARY" not in theirs.content.decode()


@pytest.mark.parametrize(
    ("role", "read", "write"),
    [
        ("staff", 403, 403),
        ("board_member", 200, 403),
        ("inspector", 200, 403),
        ("organisation_admin", 403, 403),
        ("prevent_lead", 200, 200),
    ],
)
def test_who_may_read_and_who_may_write(lead, acting_for, client_for, role, read, write):
    item = evidence.note(lead)
    client = client_for(acting_for(role, name="Somebody"))

    assert {
        client.get(reverse(f"evidence:{name}", args=[item.reference])).status_code for name in ("item", "history")
    } == {read}
    assert {
        client.get(reverse(f"evidence:{name}", args=[item.reference])).status_code for name in ("revise", "withdraw")
    } == {write}
    assert client.get(INDEX).status_code == read
    assert client.get(reverse("evidence:add")).status_code == write


@pytest.mark.parametrize(
    "path", ["", "add/", "K7M2-Q9XD/", "K7M2-Q9XD/change/", "K7M2-Q9XD/withdraw/", "K7M2-Q9XD/history/"]
)
def test_signed_out_one_is_asked_to_sign_in(db, path):
    response = Client().get(INDEX + path)

    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/accounts/sign-in/")


# ---- Adding
def test_a_note_is_added_and_shown(lead, client_for):
    response = client_for(lead).post(reverse("evidence:add") + "?kind=note", form_fields(), follow=True)

    assert "Minutes of May" in text_of(response)
    assert "added" in text_of(response)


def test_after_adding_one_is_led_back_to_where_it_was_wanted(lead, client_for):
    response = client_for(lead).post(reverse("evidence:add") + "?kind=note&next=/compliance/", form_fields())

    assert response["Location"] == "/compliance/"


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "\thttps://evil.example"],
)
def test_one_is_never_led_to_another_site(lead, client_for, wanted):
    response = client_for(lead).post(reverse("evidence:add"), form_fields(), QUERY_STRING=f"kind=note&next={wanted}")

    assert response["Location"].startswith("/evidence/")


@pytest.mark.parametrize(
    ("kind", "changes", "sentence"),
    [
        ("note", {"title": ""}, "Enter a title"),
        ("note", {"note": ""}, "Write the note"),
        ("note", {"effective_from_1": "13"}, "Enter a real date, like 27 3 2026"),
        ("note", {f"expires_on_{part}": v for part, v in enumerate(("1", "1", "2026"))}, "cannot be before it begins"),
        ("link", {"link": "http://www.gov.uk/"}, "Enter a link that begins with https://"),
        ("link", {"link": "javascript:alert(1)"}, "Enter a link that begins with https://"),
        ("file", {}, "Select a file"),
    ],
)
def test_bad_input_is_answered_on_the_form_and_what_was_typed_stays(lead, client_for, kind, changes, sentence):
    response = client_for(lead).post(f"{reverse('evidence:add')}?kind={kind}", form_fields(**changes))

    page = text_of(response)
    assert response.status_code == 200
    assert sentence in page
    assert "Error: " in page
    assert changes.get("note", "Three present.") in page
    with acting_as(lead):
        assert EvidenceItem.objects.count() == 0


def test_no_field_beyond_the_form_can_be_set(lead, client_for):
    extra = {
        "organisation": "999",
        "organisation_id": "999",
        "withdrawn_at": "2026-01-01",
        "created_by": "1",
        "kind": "link",
    }

    client_for(lead).post(reverse("evidence:add") + "?kind=note", form_fields(**extra))

    with acting_as(lead):
        item = EvidenceItem.objects.get()
    assert (item.organisation_id, item.withdrawn_at, item.kind) == (lead.organisation_id, None, "note")


# ---- Changing
def test_a_stale_change_shows_both_texts_and_saved_over_it_loses_neither(lead, client_for):
    item = evidence.note(lead, "First")
    address = reverse("evidence:revise", args=[item.reference])
    client = client_for(lead)
    client.post(address, form_fields(title="Theirs", version="1"))

    conflict = client.post(address, form_fields(title="Mine", version="1"))
    again = client.post(address, form_fields(title="Mine", version=str(conflict.context["form"]["version"].value())))

    assert conflict.status_code == 409
    assert "Theirs" in text_of(conflict)
    assert 'value="Mine"' in text_of(conflict)
    assert again.status_code == 302
    history = text_of(client.get(reverse("evidence:history", args=[item.reference])))
    for title in ("First", "Theirs", "Mine"):
        assert title in history


def test_a_conflict_shows_owner_and_marking_too_in_words(lead, client_for):
    item = evidence.note(lead, owner_id=lead.membership_id)
    address = reverse("evidence:revise", args=[item.reference])
    client = client_for(lead)
    fields = form_fields(title=item.title, note=item.note, effective_from_1="1", version="1")
    client.post(address, fields | {"marking": "official_sensitive"})

    conflict = client.post(address, fields | {"owner_id": str(lead.membership_id)}).context["editor"].conflict

    assert [(str(each.label), each.theirs, each.mine) for each in conflict.fields] == [
        ("Marking", "OFFICIAL-SENSITIVE", "OFFICIAL"),
        ("Owner", "No owner yet", lead.membership.name),
    ]


def test_a_stale_change_with_a_file_says_to_select_it_again(lead, client_for):
    client = client_for(lead)
    first = SimpleUploadedFile("a.txt", b"first\n")
    client.post(reverse("evidence:add") + "?kind=file", form_fields(upload=first))
    with acting_as(lead):
        item = EvidenceItem.objects.get()
    address = reverse("evidence:revise", args=[item.reference])
    client.post(address, form_fields(title="Theirs", version="1"))

    conflict = client.post(
        address, form_fields(title="Mine", version="1", upload=SimpleUploadedFile("b.txt", b"second\n"))
    )

    assert conflict.status_code == 409
    assert "Select the file again." in text_of(conflict)
    with acting_as(lead):
        assert StoredFile.objects.count() == 1


def test_a_stale_withdrawal_can_be_repeated_from_the_page_it_answers(lead, client_for):
    item = evidence.note(lead, "First")
    client = client_for(lead)
    client.post(reverse("evidence:revise", args=[item.reference]), form_fields(title="Theirs", version="1"))
    address = reverse("evidence:withdraw", args=[item.reference])

    stale = client.post(address, {"reason": "Wrong meeting", "version": "1"})
    again = client.post(address, {"reason": "Wrong meeting", "version": str(stale.context["form"]["version"].value())})

    assert stale.status_code == 409
    assert "Wrong meeting" in text_of(stale)
    assert again.status_code == 302
    with acting_as(lead):
        assert EvidenceItem.objects.get().is_withdrawn


# ---- Files
def test_a_file_that_nobody_scanned_is_shown_with_the_reason_and_no_link(lead, client_for):
    client = client_for(lead)
    client.post(reverse("evidence:add") + "?kind=file", form_fields(upload=SimpleUploadedFile("a.txt", b"words\n")))
    with acting_as(lead):
        item = EvidenceItem.objects.select_related("file").get()

    page = text_of(client.get(item.get_absolute_url()))

    assert "No virus scanner has checked this file" in page
    assert item.file.get_absolute_url() not in page


def test_who_may_read_evidence_may_open_its_file_and_nobody_else(committed, lead, acting_for, client_for):
    from foundation.organisations.models import Organisation

    client_for(lead).post(
        reverse("evidence:add") + "?kind=file", form_fields(upload=SimpleUploadedFile("a.txt", b"words\n"))
    )
    with acting_as(lead):
        Organisation.objects.filter(pk=lead.organisation_id).update(open_unscanned_files=True)
        address = StoredFile.objects.get().get_absolute_url()

    board = client_for(acting_for("board_member")).get(address)
    staff = client_for(acting_for("staff")).get(address)

    assert board.getvalue() == b"words\n"
    assert staff.status_code == 404
