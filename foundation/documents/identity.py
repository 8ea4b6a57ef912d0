"""What a document says about itself, on each page and in its metadata."""

from dataclasses import asdict, dataclass

PORTAL_NAMESPACE = "urn:prevent-portal:document:1"


@dataclass(frozen=True)
class Identity:
    """Written into the PDF's metadata, so that an uploaded copy can be recognised. Dates are ISO 8601 text."""

    report_id: str
    as_at: str
    generated_at: str
    marking: str
    version: str

    def properties(self) -> dict[str, str]:
        """The names the properties have inside a PDF."""
        return {"".join(word.capitalize() for word in key.split("_")): value for key, value in asdict(self).items()}
