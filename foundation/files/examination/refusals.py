"""Why a file is refused: a code that the checking process may send, and the sentence a person reads."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.core.exceptions import RuleBroken

SENTENCES: Mapping[str, str | Promise] = {
    "empty": _("The file is empty."),
    "too_large": _("The file must be smaller than %(limit)s MB."),
    "no_room": _("The portal has no room for the file at the moment. Nothing was saved. Try again later."),
    "no_extension": _("The file’s name must end in its type, for example .pdf."),
    "type_not_allowed": _("The file must be one of these types: %(allowed)s."),
    "old_office": _("This is an older Office file. Save it as DOCX, XLSX or PPTX and upload that."),
    "macros": _(
        "The file contains macros, which can run programs. Save it without macros, or as PDF, and upload that."
    ),
    "svg": _("SVG and web pages can run programs in a browser. Save the file as PDF or PNG and upload that."),
    "not_what_it_says": _("The file’s name says “%(said)s”, but its content is something else (%(found)s)."),
    "damaged": _("The file is damaged or incomplete. Open it, save it again and upload the new copy."),
    "encrypted": _("The file is protected with a password. Remove the password and upload it again."),
    "active_content": _(
        "The PDF contains parts that can act on their own, such as scripts. Print it to a new PDF and upload that."
    ),
    "embedded_files": _(
        "The file has other files inside it. Take them out, or save it as PDF without attachments, and upload that."
    ),
    "external_content": _(
        "The file loads parts of itself from another place. Break those links, or save it as PDF, and upload that."
    ),
    "nested_archive": _("The file has an archive or a program inside it. Take it out and upload the file again."),
    "hidden_data": _("The file has something else hidden before or after its content."),
    "bomb": _("The file unpacks to far more than a document should. Save it as PDF and upload that."),
    "too_many_parts": _("The file is made of too many parts. Save it as PDF and upload that."),
    "too_many_pixels": _("The image is too large. It may have up to 40 million pixels."),
    "animated": _("The image moves. Save one picture of it as PNG and upload that."),
    "not_text": _("The file is not plain text that the portal can read. Save it as UTF-8 and upload it again."),
    "starts_programs": _("The file has cells that would start a program when a spreadsheet opens them."),
    "took_too_long": _("The file is too complicated to check. Save it as PDF and upload that."),
}

KINDS: Mapping[str, str | Promise] = {
    "pdf": _("a PDF"),
    "zip": _("an Office document or a ZIP archive"),
    "office": _("an Office document"),
    "old_office": _("an older Office file"),
    "open_document": _("an OpenDocument file"),
    "png": _("a PNG image"),
    "jpeg": _("a JPEG image"),
    "webp": _("a WebP image"),
    "gif": _("a GIF image"),
    "image": _("an image"),
    "html": _("a web page"),
    "svg": _("an SVG image"),
    "xml": _("XML"),
    "program": _("a program"),
    "script": _("a script"),
    "archive": _("an archive"),
    "rtf": _("a rich text document"),
    "other": _("of an unknown type"),
}


class FileRefused(RuleBroken):
    """The file may not come in. ``code`` is for the ledger and tests; the text is for the person."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(str(SENTENCES[code]) % {key: str(value) for key, value in facts.items()})
        self.code = code
