class Refused(Exception):
    """The file may not come in. The code is one of ours; nothing of the file leaves the process with it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
