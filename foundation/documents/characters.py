"""Characters that XML cannot carry, and so neither a chart nor a spreadsheet."""

import re

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def for_xml(text: str) -> str:
    """``text`` with each character XML forbids shown as a replacement character, so that its absence is seen."""
    return _NOT_IN_XML.sub("\ufffd", text)
