"""The pages of a register that comes in by a file: three steps, refusals, and what they say."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from foundation import jobs
from foundation.core.acting import acting_as
from foundation.organisations.roles import Role
from risk.importing.fields import guess
from risk.importing.template import fields
from risk.models import Assessment, Entry, RegisterImport
from tests.conftest import NOW
from tests.factories import risk as factories

REGISTERS = Path(__file__).parent / "registers"
ROWS = b"Ref,Risk,Likelihood,Impact\nN1,Drawn in online,High,4\nN2,,7,1\n"


def attached(content=ROWS, name="register.csv"):
    found = io.BytesIO(content)
    found.name = name
    return found


def upload(browser, draft, content=ROWS, name="register.csv"):
    typed = {"file": attached(content, name), "into": draft.pk}
    return browser.post("/risk/import/", typed)


def chosen(**changes):
    columns = {
        "column_0": "code",
        "column_1": "title",
        "column_2": "residual_likelihood",
        "column_3": "residual_impact",
    }
    return columns | {"theme": "people", "source": "professional", "when_there": "stop"} | changes


def the_import(lead):
    with acting_as(lead):
        return RegisterImport.objects.visible_to(lead).select_related("job").order_by("-pk")[0]


def work(lead):
    """Do the job that waits for the newest file."""
    with acting_as(lead):
        return jobs.run_here(the_import(lead).job, at=NOW)


def checked(browser, lead, draft, **changes):
    address = upload(browser, draft)["Location"]
    browser.post(address, chosen(**changes))
    work(lead)
    return f"/risk/import/{the_import(lead).reference}/"


def words(response):
    return " ".join(response.content.decode().split())


def test_a_register_comes_in_by_three_steps(browser, lead, draft):
    first = upload(browser, draft)
    second = browser.post(first["Location"], chosen())
    work(lead)
    page = words(browser.get(f"/risk/import/{the_import(lead).reference}/"))
    third = browser.post(f"/risk/import/{the_import(lead).reference}/", {"leave_out_refused": "on"})
    work(lead)

    row = the_import(lead)
    assert first["Location"] == f"/risk/import/{row.reference}/columns/"
    assert (second["Location"][:6], third["Location"][:6]) == ("/jobs/", "/jobs/")
    assert '<td class="govuk-table__cell">High</td><td class="govuk-table__cell">4: Very likely</td>' in page
    assert "Write a step from it: 1 Improbable, 2 Unlikely, 3 Likely, 4 Very likely, 5 Almost certain." in page
    with acting_as(lead):
        assert list(Entry.objects.visible_to(lead).values_list("title", flat=True)) == ["Drawn in online"]
    done = words(browser.get(f"/risk/import/{row.reference}/"))
    assert f"/risk/assessments/{draft.reference}/" in done
    assert "Refused and left out" in done


def test_refused_rows_stand_in_the_way_until_they_are_left_out(browser, lead, draft):
    address = checked(browser, lead, draft)

    page = words(browser.post(address, {}))

    assert "Some rows are refused. Correct the file, or choose to leave those rows out." in page
    assert the_import(lead).status == "checked"


def test_a_new_assessment_is_asked_for_its_title_and_days(browser, lead):
    refused = browser.post("/risk/import/", {"file": attached(), "into": "new"})
    days = {f"period_from_{n}": part for n, part in enumerate((1, 4, 2027))}
    days |= {f"period_to_{n}": part for n, part in enumerate((31, 3, 2028))}
    taken = browser.post("/risk/import/", {"file": attached(), "into": "new", "title": "Ours", **days})

    page = words(refused)
    assert "Enter a title for the new assessment" in page
    assert "Enter the day it begins" in page
    assert "Select the file again." in page
    assert taken.status_code == 302
    assert the_import(lead).title == "Ours"
    with acting_as(lead):
        assert Assessment.objects.visible_to(lead).count() == 0


def test_a_refused_file_says_why_and_keeps_what_was_typed(browser, draft):
    content = (REGISTERS / "refused-a-password.xlsx").read_bytes()

    typed = {"file": attached(content, "register.xlsx"), "into": "new", "title": "Kept title"}
    page = words(browser.post("/risk/import/", typed))

    assert "The file is protected with a password. Remove the password and upload it again." in page
    assert 'value="Kept title"' in page


def test_two_columns_for_one_field_are_an_error_on_the_second(browser, draft):
    address = upload(browser, draft)["Location"]

    page = words(browser.post(address, chosen(column_2="title")))

    assert "Risk, in a few words is chosen for “Risk” already. Choose one of the two." in page


def test_a_file_whose_headings_nobody_knows_asks_for_their_row(browser, draft):
    first = upload(browser, draft, b"Aaa,Bbb\nx,y\n")

    to = browser.get(first["Location"])
    page = words(browser.get(to["Location"] if to.status_code == 302 else first["Location"]))
    again = browser.post(first["Location"], {"heading_row": "1"})

    assert first["Location"].endswith("/headings/")
    assert "No row of this file looks like the headings of a risk register." in page
    assert again["Location"].endswith("/columns/")


def test_a_sheet_without_a_risk_says_so_and_lets_one_choose_again(browser, lead, draft):
    address = upload(browser, draft, b"Ref,Risk\nTotal,\n")["Location"]
    browser.post(
        address, {"column_0": "code", "column_1": "title"} | {k: v for k, v in chosen().items() if "col" not in k}
    )
    work(lead)

    page = words(browser.get(f"/risk/import/{the_import(lead).reference}/"))

    assert "There is no risk below the headings." in page
    assert f"/risk/import/{the_import(lead).reference}/headings/" in page


def test_put_aside_it_says_so(browser, lead, draft):
    address = checked(browser, lead, draft)

    page = words(browser.post(f"{address}put-aside/", follow=True))

    assert "The file was put aside. No risk was changed" in page


def test_all_remarks_can_be_taken_along_as_csv(browser, lead, draft):
    address = checked(browser, lead, draft)

    lines = list(
        csv.reader(b"".join(browser.get(f"{address}remarks/").streaming_content).decode("utf-8-sig").splitlines())
    )

    assert [line[:3] + line[4:] for line in lines[1:]] == [
        ["3", "Risk", "", "Yes"],
        ["3", "Likelihood", "7", "Yes"],
    ]


def test_the_template_has_headings_that_need_no_explaining(browser):
    as_xlsx = browser.get("/risk/import/template/").content
    as_csv = browser.get("/risk/import/template/?kind=csv").content.decode("utf-8-sig")

    expected = {at: field.value for at, field in enumerate(fields())}
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx)).worksheets[0]
    assert guess([str(cell.value) for cell in sheet[1]]) == expected
    assert guess(next(csv.reader(as_csv.splitlines()))) == expected


def test_the_register_of_a_draft_leads_to_the_import_and_an_approved_one_does_not(browser, draft):
    address = f"/risk/import/?assessment={draft.reference}"

    assert f'href="{address}"' in words(browser.get(draft.get_absolute_url()))
    assert f'value="{draft.pk}" checked' in words(browser.get(address)).replace('type="radio" ', "")


def test_a_reader_and_an_approved_register_offer_no_import(browser, client_for, acting_for, approved):
    assert "/risk/import/" not in words(browser.get(approved.get_absolute_url()))
    assert "/risk/import/" not in words(client_for(acting_for(Role.BOARD_MEMBER)).get("/risk/assessments/"))


def test_an_empty_room_offers_the_import(browser):
    assert 'href="/risk/import/"' in words(browser.get("/risk/assessments/"))


@pytest.mark.parametrize("count", [1, 60])
def test_what_a_file_would_do_costs_the_same_queries_for_any_number_of_rows(
    browser, lead, draft, count, django_assert_num_queries
):
    rows = "".join(f"N{n},Risk {n},High,{n % 9}\n" for n in range(count)).encode()
    browser.post(upload(browser, draft, b"Ref,Risk,Likelihood,Impact\n" + rows)["Location"], chosen())
    work(lead)
    address = f"/risk/import/{the_import(lead).reference}/"
    browser.get(address)

    with django_assert_num_queries(QUERIES):
        browser.get(address)


QUERIES = 12


def test_further_action_of_an_import_is_shown_and_can_be_emptied(browser, lead, draft):
    entry = factories.risk(lead, draft)
    with acting_as(lead):
        Entry.objects.visible_to(lead).filter(pk=entry.pk).update(further_action="Brief the porters")
    address = f"{draft.get_absolute_url()}risks/{entry.risk.reference}/"
    typed = {"title": "T", "theme": "online", "source": "national", "marking": "official", "version": 1}

    page = words(browser.get(address))
    browser.post(f"{address}describe/", typed | {"further_action": ""})

    assert "Brief the porters" in page
    with acting_as(lead):
        assert Entry.objects.visible_to(lead).get(pk=entry.pk).further_action == ""
