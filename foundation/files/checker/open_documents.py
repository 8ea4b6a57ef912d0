"""OpenDocument text and spreadsheets without macros, passwords, objects or links that load themselves."""

import re

from foundation.files.checker.packages import Markup, Package, local
from foundation.files.checker.refused import Refused

TYPES = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
}
PLAIN_ENDINGS = frozenset(
    {"xml", "rdf", "png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "svg", "emf", "wmf", "svm", "ttf", "otf"}
)
BARE_NAMES = re.compile(r"\A(mimetype|ObjectReplacements/[^/]+|layout-cache|Pictures/[^/.]+)\Z")
OTHER_PLACE = re.compile(r"\A\s*([a-z][a-z0-9+.-]*:|//|\\\\)", re.IGNORECASE)
WEB_LINK = re.compile(r"\A\s*(https?|mailto|tel|ftp):", re.IGNORECASE)


def check(content: bytes, expected: str, found: str) -> None:
    if found != "zip":
        raise Refused("not_what_it_says")
    package = Package(content)
    if "mimetype" not in package.names or package.entries[0].filename != "mimetype":
        raise Refused("not_what_it_says")
    if package.read("mimetype").strip() != TYPES[expected]:
        raise Refused("not_what_it_says")
    if not {"META-INF/manifest.xml", "content.xml"} <= package.names:
        raise Refused("damaged")
    _Manifest().walk(package.read("META-INF/manifest.xml"))
    _check_names(package.names)
    for name, part in package.parts():
        if name.endswith(".xml") and part.strip():
            _Content().walk(part)


def _check_names(names: set[str]) -> None:
    for name in names:
        if name.lower().startswith(("basic/", "scripts/", "dialogs/")):
            raise Refused("macros")
        if name.rpartition(".")[2].lower() not in PLAIN_ENDINGS and not BARE_NAMES.match(name):
            raise Refused("embedded_files")


class _Manifest(Markup):
    def start(self, name: str, attributes: dict[str, str]) -> None:
        if local(name) in {"encryption-data", "encrypted-key", "keyinfo"}:
            raise Refused("encrypted")


class _Content(Markup):
    def start(self, name: str, attributes: dict[str, str]) -> None:
        plain = local(name)
        if plain in {"event-listener", "libraries", "library", "script"} and " " in name:
            raise Refused("macros")
        if plain in {
            "object-ole",
            "applet",
            "plugin",
            "floating-frame",
            "dde-source",
            "dde-connection-decl",
            "dde-link",
        }:
            raise Refused("external_content")
        target = next((value for key, value in attributes.items() if local(key) == "href"), "")
        if plain == "a":
            if OTHER_PLACE.match(target) and not WEB_LINK.match(target):
                raise Refused("external_content")
        elif OTHER_PLACE.match(target) or target.startswith("../"):
            raise Refused("external_content")
