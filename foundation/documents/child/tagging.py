"""Completes the tags of a PDF just before it is written: what PDF/UA-1 asks for and the engine leaves out.

Works on the engine's own objects, in memory, because parsing the finished file again would cost as much as a tenth of
making it.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

import pydyf  # type: ignore[import-untyped]
import weasyprint
from weasyprint.layout.absolute import AbsolutePlaceholder

from foundation.documents.identity import PORTAL_NAMESPACE

# Room for the page and link numbers of one part of a long document, so that parts need no renumbering when merged.
NUMBERS_PER_PART = 100_000
PLAIN = {"Type", "S", "K", "Pg", "P"}
SAFE_LINKS = ("http://", "https://", "mailto:", "tel:")


class Tagging:
    """The structure tree of one document, in the engine's objects."""

    def __init__(self, pdf: pydyf.PDF) -> None:
        self.pdf = pdf
        self.root = self.at(pdf.catalog["StructTreeRoot"])
        self.parent_tree = self.at(self.root["ParentTree"])
        self.pages = [self.at(reference) for reference in pdf.page_references]

    def at(self, reference: bytes) -> pydyf.Dictionary:
        return self.pdf.objects[int(reference.split(b" ", 1)[0])]

    def kids(self, element: pydyf.Dictionary) -> list[pydyf.Dictionary]:
        """The structure elements directly below ``element``; marked content and annotations are left out."""
        found = (self.at(kid) for kid in element.get("K", ()) if isinstance(kid, bytes))
        return [kid for kid in found if kid.get("Type") == "/StructElem"]

    def elements(self, top: pydyf.Dictionary) -> Iterator[pydyf.Dictionary]:
        """Every element below ``top`` in reading order."""
        waiting = [iter(self.kids(top))]
        while waiting:
            element = next(waiting[-1], None)
            if element is None:
                waiting.pop()
            else:
                yield element
                waiting.append(iter(self.kids(element)))

    def complete(self, document: weasyprint.Document, *, part: int) -> None:
        """Join tables cut by page breaks, name their headers, take page furniture out of the reading order."""
        names = _complete_tables(self, part, list(_tables_laid_out(document)))
        if names:
            self.root["IDTree"] = pydyf.Dictionary(
                {"Names": pydyf.Array(names), "Limits": pydyf.Array([names[0], names[-2]])}
            )
        self._text_belongs_to_its_element()
        self._unread_content_becomes_an_artifact()
        self._links_go_only_where_a_report_may_point(part)
        self._number_from(part * NUMBERS_PER_PART)

    def _text_belongs_to_its_element(self) -> None:
        """A cell holds its text itself, not spans that say nothing: half the objects, half the memory of a merge."""
        position = {page: number for number, page in enumerate(self.pdf.page_references)}
        for element in list(self.elements(self.root)):
            for index, kid in enumerate(element.get("K", ())):  # a span emptied a moment ago has none
                span = self.at(kid) if isinstance(kid, bytes) else None
                if span is None or span.keys() != PLAIN or span["S"] != "/Span" or span["Pg"] != element.get("Pg"):
                    continue
                if len(span["K"]) == 1 and isinstance(span["K"][0], int):
                    element["K"][index] = mcid = span["K"][0]
                    self.parent_tree["Nums"][2 * position[span["Pg"]] + 1][mcid] = element.reference
                    span.clear()

    def _unread_content_becomes_an_artifact(self) -> None:
        """Running headers, footers and repeated table heads are not read out again on every page."""
        read = {element.number for element in self.elements(self.root)}
        for position in range(0, len(self.pages) * 2, 2):
            contents = self.parent_tree["Nums"][position + 1]
            unread = set()
            for mcid, reference in enumerate(contents):
                element = self.at(reference)
                if element.number not in read:
                    unread.add(mcid)
                    contents[mcid] = "null"
            if unread:
                _mark_as_artifact(self.at(self.pages[position // 2]["Contents"]).stream, unread)
        for unreachable in self.pdf.objects:
            is_element = isinstance(unreachable, pydyf.Dictionary) and unreachable.get("Type") == "/StructElem"
            if is_element and unreachable.number not in read:
                unreachable.clear()

    def _links_go_only_where_a_report_may_point(self, part: int) -> None:
        for annotation in self.pdf.objects:
            if not isinstance(annotation, pydyf.Dictionary) or annotation.get("Subtype") != "/Link":
                continue
            if "Dest" in annotation:
                annotation["Dest"] = pydyf.String(_name_in_part(part, annotation["Dest"].string))
            elif not annotation["A"]["URI"].string.lower().startswith(SAFE_LINKS):
                del annotation["A"]
        destinations = self.pdf.catalog.get("Names", {}).get("Dests")
        if destinations:
            names = destinations["Names"]
            for position in range(0, len(names), 2):
                names[position] = pydyf.String(_name_in_part(part, names[position].string))

    def _number_from(self, first: int) -> None:
        numbers = self.parent_tree["Nums"]
        for position in range(0, len(numbers), 2):
            numbers[position] += first
        self.parent_tree["Limits"] = pydyf.Array([numbers[0], numbers[-2]])
        for page in self.pages:
            page["StructParents"] += first
        for annotation in self.pdf.objects:
            if isinstance(annotation, pydyf.Dictionary) and "StructParent" in annotation:
                annotation["StructParent"] += first


def _name_in_part(part: int, name: str) -> str:
    return f"{part:04d}-{name}"


def _mark_as_artifact(stream: list, unread: set[int]) -> None:
    for position, item in enumerate(stream):
        if isinstance(item, pydyf.Dictionary) and item.get("MCID") in unread:
            stream[position - 1] = "/Artifact"
            stream[position] = pydyf.Dictionary({"Type": "/Pagination"})


def _tables_laid_out(document: weasyprint.Document) -> Iterator[int]:
    """Which table of the HTML each piece of a table came from, in the order of their tags."""
    waiting = [iter([page._page_box for page in document.pages])]
    while waiting:
        box = next(waiting[-1], None)
        if box is None:
            waiting.pop()
            continue
        if isinstance(box, AbsolutePlaceholder):
            box = box._box
        if getattr(box, "is_table_wrapper", False) and box.element_tag == "table":
            yield id(box.element)
        waiting.append(iter(getattr(box, "children", ())))


def _complete_tables(tagging: Tagging, part: int, sources: list[int]) -> list:
    """Give each header a scope and a name of its own; return the sorted name tree of headers."""
    names: list = []
    first_pieces: dict[int, tuple[pydyf.Dictionary, list[bytes]]] = {}
    tables = [element for element in tagging.elements(tagging.root) if element["S"] == "/Table"]
    if len(tables) != len(sources):
        # Should the engine ever tag tables in another way, pieces stay apart rather than join a stranger's.
        sources = list(range(len(tables)))
    for table, source in zip(tables, sources, strict=True):
        renamed = _name_headers(tagging, table, part, names)
        column_names = _column_names(tagging, table)
        first, first_columns = first_pieces.setdefault(source, (table, column_names))
        only_begun = first is not table and not _has_rows(tagging, first)  # its caption alone was left on a page
        if only_begun:
            first_pieces[source] = (first, column_names)
        is_continued = not only_begun and first is not table and len(first_columns) == len(column_names)
        if is_continued:
            renamed |= dict(zip(column_names, first_columns, strict=True))
        _point_cells_at_headers(tagging, table, renamed)
        if is_continued or only_begun:
            _join(tagging, first, table, with_head=only_begun)
    kept = {element.number for element in tagging.elements(tagging.root)}
    return [entry for name, header in names if header.number in kept for entry in (name, header.reference)]


def _name_headers(tagging: Tagging, table: pydyf.Dictionary, part: int, names: list) -> dict[bytes, bytes]:
    """Name the headers so that names sort as they are read, and differ in all parts of a long document."""
    renamed = {}
    for row in tagging.elements(table):
        if row["S"] != "/TR":
            continue
        cells = tagging.kids(row)
        in_head = tagging.at(row["P"])["S"] == "/THead" or all(cell["S"] == "/TH" for cell in cells)
        for cell in cells:
            if cell["S"] != "/TH" or "ID" not in cell:
                continue
            name = pydyf.String(f"{part:04d}-{len(names):07d}")
            renamed[cell["ID"].data] = name.data
            cell["ID"] = name
            cell["A"]["Scope"] = "/Column" if in_head else "/Row"
            names.append((name, cell))
    return renamed


def _column_names(tagging: Tagging, table: pydyf.Dictionary) -> list[bytes]:
    return [
        cell["ID"].data
        for head in tagging.kids(table)
        if head["S"] == "/THead"
        for row in tagging.kids(head)
        for cell in tagging.kids(row)
        if "ID" in cell
    ]


def _point_cells_at_headers(tagging: Tagging, table: pydyf.Dictionary, renamed: dict[bytes, bytes]) -> None:
    def final(name: bytes) -> bytes:
        while name in renamed:
            name = renamed[name]
        return name

    for cell in tagging.elements(table):
        headers = cell.get("A", {}).get("Headers") if cell["S"] == "/TD" else None
        if headers:
            cell["A"]["Headers"] = pydyf.Array([final(header.data) for header in headers])
        elif headers is not None:
            del cell["A"]["Headers"]


def _has_rows(tagging: Tagging, table: pydyf.Dictionary) -> bool:
    return any(element["S"] == "/TR" for element in tagging.elements(table))


def _join(tagging: Tagging, first: pydyf.Dictionary, later: pydyf.Dictionary, *, with_head: bool) -> None:
    """Move the rows of a piece after a page break into the table it belongs to; its repeated head is page furniture."""
    for kid in tagging.kids(later):
        if with_head or kid["S"] != "/THead":
            kid["P"] = first.reference
            first["K"].append(kid.reference)
    parent = tagging.at(later["P"])
    parent["K"].remove(later.reference)
    later["K"].clear()


def describe(pdf: pydyf.PDF, identity: dict[str, str]) -> None:
    """Write who this document is into its XMP and its information dictionary."""
    description = Element(
        "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description",
        {"{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about": ""},
    )
    for key, value in identity.items():
        SubElement(description, f"{{{PORTAL_NAMESPACE}}}{key}").text = value
        pdf.info[f"Portal{key}"] = pydyf.String(value)
    packet = pdf.objects[int(pdf.catalog["Metadata"].split(b" ", 1)[0])]
    closing = b"</rdf:RDF>"
    packet.stream[0] = packet.stream[0].replace(closing, tostring(description, encoding="utf-8") + closing, 1)
