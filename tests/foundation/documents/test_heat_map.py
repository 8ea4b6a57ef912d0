"""The heat map: every cell has its score, every move an arrow, and nothing written becomes markup."""

from xml.etree import ElementTree

from foundation.documents.drawing import Category, Shade
from foundation.documents.heat_map import Move, heat_map

SVG = "{http://www.w3.org/2000/svg}"
LABELS = ("Low", "Middle", "High")
CELLS = {(row, column): Shade.PART for row in (1, 2, 3) for column in (1, 2, 3)}


def drawn(counts=None, moves=(), caption="Risks"):
    chart = heat_map(
        LABELS,
        LABELS,
        shades=CELLS,
        counts=counts or {},
        moves=moves,
        bands=[Category("Medium", Shade.PART)],
        caption=caption,
        told="",
        chart_id="map",
        axes=("Likelihood", "Impact"),
        headers=("Risk",),
        rows=(("R1",),),
    )
    return chart, ElementTree.fromstring(chart.svg)


def words(svg):
    return [each.text for each in svg.iter(f"{SVG}text")]


def test_each_cell_shows_its_score():
    _chart, svg = drawn()

    assert [text for text in words(svg) if text.isdigit()] == ["1", "2", "3", "2", "4", "6", "3", "6", "9"]


def test_a_move_is_an_arrow_and_standing_still_is_none():
    _chart, svg = drawn(moves=[Move("R1", (1, 1), (3, 3)), Move("R2", (2, 2), (2, 2))])

    assert len(list(svg.iter(f"{SVG}polygon"))) == 1


def test_a_cell_with_risks_shows_how_many():
    _chart, svg = drawn(counts={(2, 3): 47, (1, 1): 0})

    assert words(svg).count("47") == 1
    assert "0" not in words(svg)


def test_the_same_input_gives_the_same_markup_and_text_stays_text():
    chart, _svg = drawn(caption="<script>alert(1)</script>")

    assert chart.svg == drawn(caption="<script>alert(1)</script>")[0].svg
    assert "<script>" not in chart.svg
    assert (chart.headers, chart.rows) == (("Risk",), (("R1",),))
