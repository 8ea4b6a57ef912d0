class ServiceError(Exception):
    """One sentence a person at the terminal can act on. Commands print it and leave with a non-zero status."""
