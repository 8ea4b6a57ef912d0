"""Is this PDF readable by everyone? What PDF/UA-1 (ISO 14289-1) asks of a file that a program can decide.

No validator of others could be had as a package, so the rules are checked here, on the finished bytes, with a library
other than the one that wrote them.
"""

from collections.abc import Iterator
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name

PAINTS = frozenset({"Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "EI"})
KNOWN = frozenset(
    {
        "Document",
        "Part",
        "Art",
        "Sect",
        "Div",
        "BlockQuote",
        "Caption",
        "TOC",
        "TOCI",
        "P",
        "H1",
        "H2",
        "H3",
        "H4",
        "H5",
        "H6",
        "L",
        "LI",
        "Lbl",
        "LBody",
        "Table",
        "TR",
        "TH",
        "TD",
        "THead",
        "TBody",
        "TFoot",
        "Span",
        "Link",
        "Figure",
        "Form",
        "NonStruct",
        "Code",
        "Quote",
        "Note",
        "Reference",
    }
)


def assert_is_accessible(pdf: bytes) -> None:
    """Fail with the first rule the file breaks."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        _check_catalogue(opened)
        tree = Tree(opened)
        _check_content(opened, tree)
        _check_elements(tree)
        _check_tables(tree)
        _check_links(opened, tree)
        _check_fonts(opened)
        _check_nothing_runs(opened)


def headings(pdf: bytes) -> list[str]:
    """The heading levels of the document, in reading order."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return [kind for kind in Tree(opened).kinds() if kind.startswith("H") and kind[1:].isdigit()]


def kinds(pdf: bytes) -> list[str]:
    """The kind of every element, in reading order."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return Tree(opened).kinds()


class Tree:
    """The structure tree of an opened file."""

    def __init__(self, opened: pikepdf.Pdf) -> None:
        self.root = opened.Root.StructTreeRoot
        self.numbers = dict(_leaves(self.root.ParentTree, Name.Nums))
        self.names = dict(_leaves(self.root.get(Name.IDTree, Dictionary()), Name.Names))
        self.elements: list[Dictionary] = []
        self.parents: dict[tuple[int, int], Dictionary] = {}
        waiting = [(kid, self.root) for kid in reversed(_kids(self.root))]
        while waiting:
            element, parent = waiting.pop()
            assert element.objgen not in self.parents, "An element stands in the tree twice"
            assert element.P.objgen == parent.objgen, f"{element.S} points at another parent than the one that holds it"
            self.parents[element.objgen] = parent
            self.elements.append(element)
            waiting.extend((kid, element) for kid in reversed(_kids(element)))

    def kinds(self) -> list[str]:
        return [str(element.S)[1:] for element in self.elements]

    def of_kind(self, kind: str) -> list[Dictionary]:
        return [element for element in self.elements if f"/{kind}" == element.S]


def _leaves(node: Dictionary, key: Name) -> Iterator[tuple[object, object]]:
    """The pairs of a number or name tree, after a check that they are sorted and within their limits."""
    plain = bytes if key == Name.Names else int
    pairs = list(node.get(key, []))
    labels = [plain(label) for label in pairs[::2]]
    assert labels == sorted(labels), "A tree is not sorted"
    if labels and Name.Limits in node:
        assert [labels[0], labels[-1]] == [plain(limit) for limit in node.Limits], "A branch of a tree has wrong limits"
    yield from zip(labels, pairs[1::2], strict=True)
    last = None
    for kid in node.get(Name.Kids, []):
        if last is not None:
            assert last < plain(kid.Limits[0]), "Branches of a tree overlap"
        last = plain(kid.Limits[1])
        yield from _leaves(kid, key)


def _items(element: Dictionary) -> list:
    held = element.get(Name.K, Array())
    return list(held) if isinstance(held, Array) else [held]


def _kids(element: Dictionary) -> list[Dictionary]:
    return [kid for kid in _items(element) if isinstance(kid, Dictionary) and Name.S in kid]


def _check_catalogue(opened: pikepdf.Pdf) -> None:
    root = opened.Root
    assert root.MarkInfo.Marked is True, "The file does not say that it is tagged"
    assert str(root.Lang), "The file does not say its language"
    assert root.ViewerPreferences.DisplayDocTitle is True, "The title is not shown in the window"
    assert str(opened.docinfo.Title), "The file has no title"
    with opened.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1", "The file does not claim PDF/UA-1"
        assert metadata["dc:title"] == str(opened.docinfo.Title), "The two titles differ"


def _check_content(opened: pikepdf.Pdf, tree: Tree) -> None:
    """Each mark on a page is either in the tree or an artifact, and the tree points back at it."""
    claimed = {
        (element.Pg.objgen, int(item)): element
        for element in tree.elements
        for item in _items(element)
        if isinstance(item, int)
    }
    drawn = set()
    for page in opened.pages:
        assert int(page.StructParents) in tree.numbers, "A page is not in the parent tree"
        contents = tree.numbers[int(page.StructParents)]
        open_sequences: list[object] = []
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            if operator == "BMC":
                open_sequences.append(str(instruction.operands[0]))
            elif operator == "BDC":
                tag, properties = instruction.operands
                assert not (open_sequences and tag == "/Artifact" and open_sequences[-1] != "/Artifact"), (
                    "An artifact stands inside tagged content"
                )
                if Name.MCID in properties:
                    mcid = int(properties.MCID)
                    assert (page.objgen, mcid) in claimed, f"Content {mcid} of a page is not in the tree"
                    owner = contents[mcid]
                    assert owner.objgen == claimed[page.objgen, mcid].objgen, "The parent tree names another element"
                    drawn.add((page.objgen, mcid))
                open_sequences.append(str(tag))
            elif operator == "EMC":
                open_sequences.pop()
            elif operator in PAINTS:
                assert open_sequences, f"{operator} draws something that is neither tagged nor an artifact"
    assert drawn == set(claimed), "The tree points at content that is not there"


def _check_elements(tree: Tree) -> None:
    assert [str(element.S) for element in _kids(tree.root)] == ["/Document"]
    assert set(tree.kinds()) <= KNOWN, f"Unknown kinds: {set(tree.kinds()) - KNOWN}"
    level = 0
    for element in tree.elements:
        kind = str(element.S)[1:]
        if kind.startswith("H") and kind[1:].isdigit():
            assert int(kind[1:]) <= level + 1, f"{kind} follows a heading of level {level}"
            level = int(kind[1:])
        if kind == "Figure":
            assert str(element.get(Name.Alt, "")), "A figure has no description"
            assert Name.BBox in element.A, "A figure has no place on its page"
        if kind == "LI":
            assert tree.parents[element.objgen].S == Name.L, "A list item stands outside a list"
        if kind in ("Lbl", "LBody"):
            assert tree.parents[element.objgen].S == Name.LI, f"{kind} stands outside a list item"
    assert level, "The document has no heading"


def _check_tables(tree: Tree) -> None:
    for table in tree.of_kind("Table"):
        widths = set()
        rows = [
            row for part in _kids(table) for row in ([part] if part.S == Name.TR else _kids(part)) if row.S == Name.TR
        ]
        assert rows, "A table has no rows"
        for row in rows:
            cells = _kids(row)
            assert {str(cell.S) for cell in cells} <= {"/TH", "/TD"}, "A row holds something that is not a cell"
            widths.add(sum(int(cell.get(Name.A, Dictionary()).get(Name.ColSpan, 1)) for cell in cells))
            for cell in cells:
                if cell.S == Name.TH:
                    assert cell.A.Scope in (Name.Row, Name.Column), "A header does not say what it is the header of"
                    assert tree.names[bytes(cell.ID)].objgen == cell.objgen, "A header is not found by its name"
                else:
                    for header in cell.A.get(Name.Headers, []):
                        assert tree.names[bytes(header)].S == Name.TH, "A cell names a header that is none"
        assert len(widths) == 1, f"Rows of one table have {sorted(widths)} cells"
        assert any(cell.S == Name.TH for row in rows for cell in _kids(row)), "A table has no header"


def _check_links(opened: pikepdf.Pdf, tree: Tree) -> None:
    for page in opened.pages:
        for annotation in page.get(Name.Annots, []):
            assert annotation.Subtype == Name.Link, f"Unexpected annotation {annotation.Subtype}"
            assert page.Tabs == Name.S, "Tab does not follow the reading order"
            assert str(annotation.Contents), "A link has no description"
            assert Name.Link == tree.numbers[int(annotation.StructParent)].S, "A link is not in the tree"


def _check_fonts(opened: pikepdf.Pdf) -> None:
    found = 0
    for item in opened.objects:
        if isinstance(item, Dictionary) and item.get(Name.Type) == Name.Font:
            found += 1
            if item.get(Name.Subtype) == Name.Type0:
                assert Name.ToUnicode in item, "A font cannot be read as text"
                descriptor = item.DescendantFonts[0].FontDescriptor
                assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()), "A font is not embedded"
    assert found, "The document has no font"


def _check_nothing_runs(opened: pikepdf.Pdf) -> None:
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(opened.Root.keys()), "The file does something when opened"
    assert not {"/JavaScript", "/EmbeddedFiles"} & set(opened.Root.get(Name.Names, Dictionary()).keys())
