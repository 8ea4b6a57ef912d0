"""The parts of a long document put together into one, tags, bookmarks and links included.

Each part already carries numbers and names of its own (see tagging), so nothing has to be renumbered: the trees of the
parts become branches of one tree.
"""

from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name


def merge(parts: list[bytes], *, furniture: bytes) -> bytes:
    """One PDF of all ``parts``; ``furniture`` has a page for each, laid over it outside the reading order."""
    whole = pikepdf.open(BytesIO(parts[0]))
    roots = [whole.Root]
    for part in parts[1:]:
        source = pikepdf.open(BytesIO(part))
        # Pages first: the tags point at pages, and a page that is not there yet would be copied a second time.
        whole.pages.extend(source.pages)
        copied = Dictionary()
        for key in (Name.StructTreeRoot, Name.Outlines, Name.Names):
            if key in source.Root:
                copied[key] = whole.copy_foreign(source.make_indirect(source.Root[key]))
        roots.append(copied)
        source.close()
    _join_tags(whole, [root.StructTreeRoot for root in roots])
    _join_bookmarks(whole, [root.Outlines for root in roots if Name.Outlines in root])
    _join_destinations(whole, [root.Names.Dests for root in roots if Name.Dests in root.get(Name.Names, {})])
    _lay_over(whole, furniture)
    merged = BytesIO()
    whole.save(merged, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    whole.close()
    return merged.getvalue()


def _join_tags(whole: pikepdf.Pdf, roots: list[pikepdf.Object]) -> None:
    trunk = roots[0]
    document = trunk.K[0]
    for root in roots[1:]:
        for part in root.K:
            part.S = Name.Part
            part.P = document
            document.K.append(part)
    trees = [root.ParentTree for root in roots]
    trunk.ParentTree = whole.make_indirect(Dictionary(Kids=Array(trees)))
    trunk.ParentTreeNextKey = int(trees[-1].Limits[1]) + 1
    headers = [whole.make_indirect(root.IDTree) for root in roots if Name.IDTree in root]
    if headers:
        trunk.IDTree = whole.make_indirect(Dictionary(Kids=Array(headers)))


def _join_bookmarks(whole: pikepdf.Pdf, outlines: list[pikepdf.Object]) -> None:
    if not outlines:
        return
    trunk = outlines[0]
    for branch in outlines[1:]:
        bookmark: pikepdf.Object | None = branch.First
        while bookmark is not None:
            bookmark.Parent = trunk
            bookmark = bookmark.get(Name.Next)
        trunk.Last.Next = branch.First
        branch.First.Prev = trunk.Last
        trunk.Last = branch.Last
        trunk.Count = int(trunk.Count) + int(branch.Count)
    whole.Root.Outlines = trunk


def _join_destinations(whole: pikepdf.Pdf, trees: list[pikepdf.Object]) -> None:
    if not trees:
        return
    for tree in trees:
        tree.Limits = Array([tree.Names[0], tree.Names[len(tree.Names) - 2]])
    whole.Root.Names = Dictionary(Dests=Dictionary(Kids=Array([whole.make_indirect(tree) for tree in trees])))


def _lay_over(whole: pikepdf.Pdf, furniture: bytes) -> None:
    with pikepdf.open(BytesIO(furniture)) as pages:
        if len(pages.pages) != len(whole.pages):
            raise ValueError("There is not one page of furniture for each page")
        for page, cover in zip(whole.pages, pages.pages, strict=True):
            form = whole.copy_foreign(cover.as_form_xobject())
            name = page.add_resource(form, Name.XObject)
            drawing = b"/Artifact <</Type /Pagination>> BDC q %s Do Q EMC" % bytes(name)
            page.contents_add(b"q", prepend=True)
            page.contents_add(b"Q\n" + drawing)
