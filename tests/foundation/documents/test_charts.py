from itertools import pairwise
from xml.etree.ElementTree import fromstring

import pytest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.documents import charts
from foundation.documents.charts import Category, Shade, Trend
from foundation.documents.drawing import broken

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</title></svg><script>alert(1)</script>\"'&\0\x0b"
CATEGORIES = (Category("Met", Shade.GOOD), Category("Not met", Shade.POOR))
ANY = st.text()
COUNTS = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6))


def every_kind(words: str, counts: tuple[int, int] = (3, 1)) -> list[charts.Chart]:
    categories = (Category(words, Shade.GOOD), Category("Not met", Shade.POOR))
    return [
        charts.stacked_bars([(words, counts)], categories, caption=words, chart_id="a", label_header=words),
        charts.proportion(counts, categories, caption=words, chart_id="b", label_header=words),
        charts.trend(
            [words, "now"], [Trend(words, [counts[0], None])], caption=words, chart_id="c", period_header=words
        ),
    ]


@settings(deadline=None)
@given(ANY, COUNTS)
def test_whatever_the_words_a_chart_is_well_formed_and_holds_only_drawing(words, counts):
    for chart in every_kind(words, counts):
        tree = fromstring(chart.svg)
        kinds = {element.tag.removeprefix(SVG) for element in tree.iter()}
        assert kinds <= {"svg", "title", "desc", "rect", "line", "text", "circle", "path", "polyline", "polygon"}
        names = {name for element in tree.iter() for name in element.attrib}
        assert not {name for name in names if name == "style" or name.startswith("on") or "href" in name}
        assert all(isinstance(part, SafeString) for part in [chart.svg])


def test_hostile_words_are_told_as_words():
    for chart in every_kind(HOSTILE):
        title = fromstring(chart.svg).find(f"{SVG}title")

        assert title is not None
        assert title.text == "</title></svg><script>alert(1)</script>\"'&\ufffd\ufffd"
        assert "<script>" not in chart.svg


@pytest.mark.parametrize("chart", every_kind("Words"))
def test_a_chart_is_an_image_with_a_name_and_a_description(chart):
    tree = fromstring(chart.svg)

    named_by = [tree.find(f"*[@id='{name}']").text for name in tree.attrib["aria-labelledby"].split()]
    assert tree.attrib["role"] == "img"
    assert named_by[0] == "Words"
    assert "3" in named_by[1]


def test_stacked_bars_give_their_figures_as_a_table():
    chart = charts.stacked_bars(
        [("Training", (3, 1)), ("Venues", (0, 2))], CATEGORIES, caption="Status", chart_id="a", label_header="Theme"
    )

    assert chart.headers == ("Theme", "Met", "Not met", "Total")
    assert chart.rows == (("Training", 3, 1, 4), ("Venues", 0, 2, 2))


def test_the_length_of_a_piece_is_its_share():
    chart = charts.proportion((3, 1), CATEGORIES, caption="Status", chart_id="a", label_header="Status")

    pieces = [
        element
        for element in fromstring(chart.svg).iter(f"{SVG}rect")
        if element.attrib["height"] == "40" and element.attrib["fill"] != "none"
    ]
    assert [float(piece.attrib["width"]) for piece in pieces] == [510.0, 170.0]
    assert chart.rows == (("Met", 3, "75%"), ("Not met", 1, "25%"))


def test_a_chart_of_nothing_says_so():
    chart = charts.proportion((0, 0), CATEGORIES, caption="Status", chart_id="a", label_header="Status")

    assert "Nothing to show yet" in chart.svg
    assert chart.rows == (("Met", 0, "–"), ("Not met", 0, "–"))


def test_a_gap_in_a_trend_is_not_drawn_and_is_a_dash_in_the_table():
    chart = charts.trend(
        ["Q1", "Q2", "Q3", "Q4"],
        [Trend("Met", [1, None, 3, 0])],
        caption="Met",
        chart_id="a",
        period_header="Quarter",
    )

    runs = [line.attrib["points"].split() for line in fromstring(chart.svg).iter(f"{SVG}polyline")]
    assert [len(run) for run in runs] == [1, 2]
    assert chart.rows == (("Q1", 1), ("Q2", "–"), ("Q3", 3), ("Q4", 0))


@given(st.integers(0, 10**9))
def test_every_figure_of_a_trend_fits_under_its_ceiling(highest):
    assert charts._round_ceiling(highest) >= highest


def test_each_shade_differs_by_pattern_as_well_as_by_colour():
    strong = [Shade.GOOD, Shade.PART, Shade.POOR, Shade.UNKNOWN]

    assert len({shade.pattern for shade in strong}) == len(strong)


@pytest.mark.parametrize("shade", list(Shade))
def test_figures_on_a_shade_can_be_read(shade):
    assert contrast(shade.fill, shade.text) >= 4.5


@pytest.mark.parametrize("shade", list(Shade))
def test_outlines_and_lines_can_be_seen_on_white(shade):
    assert contrast(shade.edge, "#ffffff") >= 3


def test_a_sparkline_says_in_words_what_it_shows():
    tree = fromstring(charts.sparkline([1, 4, 2], label="Met, last three months", chart_id="a"))

    assert [element.text for element in tree][:2] == ["Met, last three months", "1, 4, 2"]
    assert fromstring(charts.sparkline([], label="None", chart_id="b")).find(f"{SVG}polyline") is None


@settings(deadline=None)
@given(ANY, st.integers(1, 4))
def test_a_broken_label_has_no_more_lines_than_asked_for(words, lines):
    assert len(broken(words, width=80, size=12, lines=lines)) <= lines


@pytest.mark.parametrize("template", ["components/chart.html", "documents/chart.html"])
def test_page_and_document_show_the_drawing_and_escape_its_figures(template):
    chart = every_kind("<b>x</b>")[0]

    shown = render_to_string(template, {"chart": chart})

    assert shown.count("<svg ") == 1
    assert "<b>" not in shown
    assert shown.count("&lt;b&gt;x&lt;/b&gt;</th>") == 3
    assert "style=" not in shown


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 reckons it."""

    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((light(one), light(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("value", [0, 50, 100])
def test_the_names_of_lines_that_end_together_stand_apart_inside_the_drawing(value):
    lines = [Trend(f"Line {number}", [100, value], Shade.GOOD) for number in range(4)]

    chart = charts.trend(["Q1", "Q2"], lines, caption="Trend", chart_id="t", period_header="Quarter")

    texts = [each for each in fromstring(chart.svg).iter(f"{SVG}text") if (each.text or "").startswith("Line")]
    heights = sorted(float(each.attrib["y"]) for each in texts)
    assert [after - before for before, after in pairwise(heights)] == [14, 14, 14]
    assert (heights[0] > 8, heights[-1] < 220) == (True, True)
