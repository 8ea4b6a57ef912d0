class Refused(Exception):
    """The document asked for something no document may have. The text is ours, never the document's."""
