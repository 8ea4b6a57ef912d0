"""Word, Excel and PowerPoint files that hold words, figures and pictures, and nothing that runs or loads anything."""

import re

from foundation.files.checker.packages import Markup, Package, local
from foundation.files.checker.refused import Refused
from foundation.files.checker.sniffing import OLE2

MAIN = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
}
ENCRYPTED_STREAMS = ("EncryptedPackage".encode("utf-16-le"), "EncryptionInfo".encode("utf-16-le"))
MACRO_TYPES = (
    "macroenabled",
    "vbaproject",
    "vbadata",
    "macrosheet",
    "activex",
    "keymapcustomizations",
    "attachedtoolbars",
)
MACRO_NAMES = ("vbaproject", "vbadata", "macrosheets/", "activex/", "dialogsheets/")
PLAIN_ENDINGS = frozenset(
    {
        "xml", "rels", "vml", "png", "jpg", "jpeg", "jfif", "gif", "bmp", "tif", "tiff", "emf", "wmf", "svg", "wdp",
        "webp", "ttf", "otf", "odttf", "fntdata", "mp3", "mp4", "m4a", "wav", "wma", "mov", "psmdcp", "sigs", "thmx",
    }
)  # fmt: skip
PRINTER_SETTINGS = re.compile(r"(^|/)printerSettings/[^/]+\.bin$", re.IGNORECASE)
WEB_LINK = re.compile(r"\A\s*(https?|mailto|tel|ftp):|\A\s*#", re.IGNORECASE)
LOCAL_TEMPLATE = re.compile(r"\Afile:///[A-Za-z]:", re.IGNORECASE)
# Fields of a Word document that start programs or fetch other documents when it is opened.
REFUSED_FIELDS = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|MACROBUTTON)\b", re.IGNORECASE)


def check(content: bytes, expected: str, found: str) -> None:
    if found == "old_office":
        _refuse_old(content)
    if found != "zip":
        raise Refused("not_what_it_says")
    package = Package(content)
    types = _ContentTypes()
    if "[Content_Types].xml" not in package.names:
        raise Refused("not_what_it_says")
    types.walk(package.read("[Content_Types].xml"))
    _check_types(types.given, expected)
    _check_names(package.names)
    for name, part in package.parts():
        ending = name.rpartition(".")[2].lower()
        if ending == "rels":
            _Relationships().walk(part)
        elif ending == "xml":
            fields = _Fields()
            fields.walk(part)
            fields.judge()


def _refuse_old(content: bytes) -> None:
    """A password-protected DOCX or XLSX is an OLE2 file with the document sealed inside."""
    if content.startswith(OLE2) and any(mark in content for mark in ENCRYPTED_STREAMS):
        raise Refused("encrypted")
    raise Refused("old_office")


def _check_types(types: list[str], expected: str) -> None:
    for given in types:
        if any(word in given.lower() for word in MACRO_TYPES):
            raise Refused("macros")
        if "oleobject" in given.lower() or given.lower().endswith("package"):
            raise Refused("embedded_files")
    if MAIN[expected] not in types:
        raise Refused("not_what_it_says")


def _check_names(names: set[str]) -> None:
    for name in names:
        lowered = name.lower()
        if any(word in lowered for word in MACRO_NAMES):
            raise Refused("macros")
        if "/embeddings/" in lowered:
            raise Refused("embedded_files")
        if "externallinks/" in lowered:
            raise Refused("external_content")
        if lowered.rpartition(".")[2] not in PLAIN_ENDINGS and not PRINTER_SETTINGS.search(name):
            raise Refused("embedded_files")


class _ContentTypes(Markup):
    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if kind := attributes.get("ContentType"):
            self.given.append(kind)


class _Relationships(Markup):
    """Links to web pages are allowed; whatever a program would fetch by itself is not."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if local(name) != "Relationship":
            return
        kind = attributes.get("Type", "").rpartition("/")[2].lower()
        target = attributes.get("Target", "")
        if kind in {"oleobject", "package", "control", "vbaproject", "afchunk"}:
            raise Refused("embedded_files")
        if attributes.get("TargetMode", "").lower() != "external":
            return
        if kind == "hyperlink" and WEB_LINK.match(target):
            return
        if kind == "attachedtemplate" and LOCAL_TEMPLATE.match(target):
            return  # the author's own letter template, on a disk that only the author has
        raise Refused("external_content")


class _Fields(Markup):
    def __init__(self) -> None:
        super().__init__()
        self._inside = False
        self._words: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        plain = local(name)
        if plain in {"ddeLink", "oleLink"}:
            raise Refused("external_content")
        if plain == "fldSimple":
            self._words.append(" ".join(attributes.values()) + " ")
        if plain == "f" or plain == "instrText":
            self._inside = plain == "instrText"

    def end(self, name: str) -> None:
        if local(name) == "instrText":
            self._inside = False
        elif local(name) == "p":
            self._words.append(" ")

    def text(self, words: str) -> None:
        if self._inside:
            self._words.append(words)

    def judge(self) -> None:
        """Words of one field may be spread over several runs, so they are judged together."""
        if REFUSED_FIELDS.search("".join(self._words)):
            raise Refused("external_content")
