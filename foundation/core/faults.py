"""Crash points: a test that sets FAULT=name sees the process end there, as in a power loss. Inert otherwise."""

import os

EXIT_CODE = 70


def fault(name: str) -> None:
    """End this process at once, without cleaning up, when the environment asks for this very crash point."""
    if os.environ.get("FAULT") == name:
        os._exit(EXIT_CODE)
