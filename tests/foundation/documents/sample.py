"""A compliance report of the usual size, for the tests and the benchmark of the renderer."""

from datetime import UTC, datetime

from django.template import engines

from foundation.documents import charts
from foundation.documents.charts import Category, Shade
from foundation.documents.layout import DocumentContext

STATUSES = (
    Category("Exceeded", Shade.BEST),
    Category("Met", Shade.GOOD),
    Category("Partly met", Shade.PART),
    Category("Not met", Shade.POOR),
    Category("Not assessed", Shade.UNKNOWN),
)
TAGS = ("best", "good", "part", "poor", "unknown")
THEMES = (
    "Leadership and governance",
    "Risk assessment and the local profile",
    "Multi-agency partnership working",
    "Referral pathways and Channel",
    "Training and capability",
    "Reducing permissive environments: venues, speakers and IT",
    "Communications and community engagement",
    "Monitoring, assurance and records",
)

DOCUMENT = DocumentContext(
    title="Prevent duty compliance report",
    subtitle="Self-assessment against the Prevent duty guidance, all themes, with evidence",
    organisation="Severnshire County Council",
    marking="OFFICIAL – SENSITIVE",
    report_id="PR-2026-7K3QX",
    as_at=datetime(2026, 11, 20, 17, 0, tzinfo=UTC),
    generated_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    version="1.0",
)

TEMPLATE = """{% extends "documents/base.html" %}
{% block body_class %}numbered{% endblock %}
{% block summary %}
<section>
<h2>Summary</h2>
<p class="lead">{{ document.organisation }} meets {{ met }} of {{ total }} requirements. {{ not_met }} are not met;
each has an owner and a date below.</p>
<div class="figures">
<div class="figure-box"><p class="figure-box__value">{{ met }}</p><p class="figure-box__label">met or exceeded</p></div>
<div class="figure-box"><p class="figure-box__value">{{ part }}</p><p class="figure-box__label">partly met</p></div>
<div class="figure-box"><p class="figure-box__value">{{ not_met }}</p><p class="figure-box__label">not met</p></div>
<div class="figure-box"><p class="figure-box__value">3</p><p class="figure-box__label">expired evidence</p></div>
</div>
{% include "documents/chart.html" with chart=whole only %}
{% include "documents/chart.html" with chart=by_theme only %}
{% include "documents/chart.html" with chart=over_time only %}
<div class="panel panel--warning"><p><strong>Evidence has expired for 3 requirements.</strong> They are shown as not
ready until new evidence is added.</p></div>
</section>
{% endblock %}
{% block body %}
{% for theme in themes %}
<section{% if forloop.first %} class="chapter"{% endif %}>
<h2>{{ theme.name }}</h2>
<table>
<caption>Requirements under {{ theme.name }}</caption>
<colgroup><col style="width: 11%"><col style="width: 41%"><col style="width: 15%">
<col style="width: 17%"><col style="width: 16%"></colgroup>
<thead><tr><th scope="col">Reference</th><th scope="col">Requirement</th><th scope="col">Status</th>
<th scope="col">Owner</th><th scope="col">Next review</th></tr></thead>
<tbody>
{% for row in theme.rows %}<tr><th scope="row">{{ row.code }}</th><td>{{ row.text }}</td>
<td><span class="tag tag--{{ row.tag }}">{{ row.status }}</span></td><td>{{ row.owner }}</td><td>{{ row.due }}</td></tr>
{% endfor %}
</tbody>
</table>
{% for row in theme.detailed %}
<h3>{{ row.code }}: {{ row.text|truncatewords:8 }}</h3>
<table class="facts">
<tbody>
<tr><th scope="row">Status</th><td><span class="tag tag--{{ row.tag }}">{{ row.status }}</span></td></tr>
<tr><th scope="row">Comment</th><td>{{ row.comment }}</td></tr>
<tr><th scope="row">Evidence</th>
<td>EV-{{ forloop.counter }}: Minutes of the Prevent board, in force until 1 April 2027</td></tr>
</tbody>
</table>
{% endfor %}
</section>
{% endfor %}
{% endblock %}
"""


def report_html(requirements: int = 200, comment: str = "", detailed: int = 1) -> str:
    """The finished HTML of the sample report."""
    themes = []
    for index, name in enumerate(THEMES):
        rows = []
        for number in range(requirements // len(THEMES)):
            kind = (number * 7 + index * 3) % 11
            status = 1 if kind > 4 else kind
            rows.append(
                {
                    "code": f"{'ABCDEFGH'[index]}{number + 1}",
                    "text": "The authority has assessed the risk of people being drawn into terrorism, using the "
                    "counter terrorism local profile, and keeps the assessment under review.",
                    "status": STATUSES[status].label,
                    "tag": TAGS[status],
                    "number": status,
                    "owner": "Head of community safety",
                    "due": f"{number % 28 + 1} March 2027",
                    "comment": comment or "Agreed by the partnership board. Ŵyth o'r deg – eight of ten – complete.",
                }
            )
        themes.append({"name": name, "rows": rows, "detailed": rows[:detailed]})
    counts = [[sum(row["number"] == status for row in theme["rows"]) for status in range(5)] for theme in themes]
    totals = [sum(column) for column in zip(*counts, strict=True)]
    context = {
        "document": DOCUMENT,
        "themes": themes,
        "total": sum(totals),
        "met": totals[0] + totals[1],
        "part": totals[2],
        "not_met": totals[3],
        "whole": charts.proportion(
            totals, STATUSES, caption="All requirements by status", chart_id="whole", label_header="Status"
        ),
        "by_theme": charts.stacked_bars(
            list(zip(THEMES, counts, strict=True)),
            STATUSES,
            caption="Status by theme",
            chart_id="theme",
            label_header="Theme",
        ),
        "over_time": charts.trend(
            ["Dec 2024", "Mar 2025", "Jun 2025", "Sep 2025", "Dec 2025", "Mar 2026", "Jun 2026", "Sep 2026"],
            [
                charts.Trend("Met", [61, 70, 84, 90, 103, 112, 120, 127], Shade.GOOD),
                charts.Trend("Partly met", [40, None, 44, 41, 38, 36, 30, 18], Shade.PART),
                charts.Trend("Not met", [50, 44, 40, 33, 28, 24, 20, 17], Shade.POOR),
            ],
            caption="Requirements met over two years",
            chart_id="time",
            period_header="Quarter",
        ),
    }
    return engines["django"].from_string(TEMPLATE).render(context)
