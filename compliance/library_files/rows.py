"""Reads one requirement row: what it may leave to the framework's defaults and what must agree within it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from compliance.library_files.records import AnsweredAt, Force, FrameworkKind, Link, Requirement
from compliance.library_files.references import References
from foundation.core.marks import Mark
from foundation.core.yaml_files import Entry

TITLE_LIMIT = 70
NOT_READ = date.min  # stands in for a date already reported as a problem; such a library is never returned

_KEYS = "code theme title text force source mark verified help"
_OPTIONAL_KEYS = (
    "force_note applies_when instrument section paragraph cites mark_note evidence_max_age_months"
    " review_interval_months interval_source in_force_from in_force_to asked_of_partners"
    " same_question_as supersedes related"
)
_BENCHMARK_KEYS = " met_evidence"
_BENCHMARK_OPTIONAL_KEYS = " further_signs answered_at member_contribution"


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What the rows of one framework inherit from it."""

    framework: str
    kind: FrameworkKind
    partners: bool
    instrument: str
    review_interval_months: int
    interval_source: str
    in_force_from: date
    in_force_to: date | None

    @classmethod
    def read(
        cls,
        entry: Entry,
        references: References,
        *,
        framework: str,
        kind: FrameworkKind,
        partners: bool,
        period: tuple[date | None, date | None],
    ) -> Defaults:
        given = entry.entry("defaults", "instrument review_interval_months interval_source")
        return cls(
            framework=framework,
            kind=kind,
            partners=partners,
            instrument=given.known("instrument", references.instruments, "instrument") if given else "",
            review_interval_months=(given.whole("review_interval_months") if given else None) or 12,
            interval_source=given.text("interval_source") if given else "",
            in_force_from=period[0] or NOT_READ,
            in_force_to=period[1],
        )

    @property
    def row_keys(self) -> tuple[str, str]:
        """The keys a row must and may have."""
        if self.kind is FrameworkKind.BENCHMARKS:
            return _KEYS + _BENCHMARK_KEYS, _OPTIONAL_KEYS + _BENCHMARK_OPTIONAL_KEYS
        return _KEYS + " evidence", _OPTIONAL_KEYS


def read_title(entry: Entry) -> str:
    """A title short enough for a list, a tab and a report's table."""
    title = entry.text("title")
    if len(title) > TITLE_LIMIT:
        entry.report(f"the title has {len(title)} characters; the limit is {TITLE_LIMIT}", "title")
    return title


def read_row(entry: Entry, position: int, defaults: Defaults, references: References) -> Requirement:
    """The row with the framework's defaults filled in. Links to other rows are checked later, all together."""
    own_start, own_end = entry.period()
    start, end = own_start or defaults.in_force_from, own_end or defaults.in_force_to
    if end and start > end and not (own_start and own_end):
        entry.report(f"with the framework's dates it is in force from {start} to {end}, which ends before it begins")
    code = entry.code()
    mark = entry.choice("mark", Mark, "mark")
    verified = entry.flag("verified")
    if verified and mark is not Mark.SEEN:
        entry.report(f"only a row marked S can be verified; this one is marked {mark}", "verified")
    own_interval = entry.whole("review_interval_months")
    if own_interval and not entry.has("interval_source"):
        entry.report("a row with its own review interval says where it comes from (interval_source)")
    for_partners = entry.flag("asked_of_partners")
    if for_partners and not defaults.partners:
        entry.report("the framework does not apply to partners, so no row can be asked of them", "asked_of_partners")
    is_benchmark = defaults.kind is FrameworkKind.BENCHMARKS
    answered_at = AnsweredAt.ORGANISATION
    if is_benchmark and entry.has("answered_at"):
        answered_at = entry.choice("answered_at", AnsweredAt, "level of answer")
    if answered_at is AnsweredAt.GROUP and not entry.has("member_contribution"):
        entry.report("a row answered by the group says what each member contributes (member_contribution)")
    references.related += [(entry.file, line, code, other) for other, line in entry.texts_with_lines("related")]
    return Requirement(
        code=code,
        framework=defaults.framework,
        theme=entry.known("theme", references.themes, "theme"),
        title=read_title(entry),
        text=entry.text("text"),
        help=entry.text("help"),
        force=entry.choice("force", Force, "force"),
        force_note=entry.optional_text("force_note"),
        applies_when=entry.optional_text("applies_when"),
        instrument=(
            entry.known("instrument", references.instruments, "instrument")
            if entry.has("instrument")
            else defaults.instrument
        ),
        section=entry.optional_text("section"),
        paragraph=entry.optional_text("paragraph"),
        source=entry.text("source"),
        cites=entry.all_known("cites", references.instruments, "instrument"),
        mark=mark,
        mark_note=entry.optional_text("mark_note"),
        verified=verified,
        evidence=entry.texts("met_evidence" if is_benchmark else "evidence", at_least=1),
        further_signs=entry.texts("further_signs", at_least=1) if is_benchmark else (),
        evidence_max_age_months=entry.whole("evidence_max_age_months"),
        review_interval_months=own_interval or defaults.review_interval_months,
        interval_source=entry.optional_text("interval_source") or defaults.interval_source,
        in_force_from=start,
        in_force_to=end,
        asked_of_partners=for_partners,
        answered_at=answered_at,
        member_contribution=entry.optional_text("member_contribution"),
        same_question_as=_links(entry, "same_question_as", code, references),
        supersedes=_links(entry, "supersedes", code, references),
        related=entry.texts("related"),
        position=position,
        file=entry.file,
        line=entry.line,
    )


def _links(entry: Entry, key: str, code: str, references: References) -> tuple[Link, ...]:
    links = []
    for item in entry.entries(key, "code mark", "note"):
        link = Link(code=item.text("code"), mark=item.choice("mark", Mark, "mark"), note=item.optional_text("note"))
        references.links.setdefault(key, []).append((item.file, item.line, code, link.code))
        links.append(link)
    return tuple(links)
