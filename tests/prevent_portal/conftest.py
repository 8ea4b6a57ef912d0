import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from prevent_portal.embedded import addresses, services
from prevent_portal.embedded.places import Places


def place_of(var_dir: Path) -> Places:
    return Places(var_dir, addresses.credentials(var_dir).installation)


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    """A var folder of its own that any user may pass through; whatever a test starts in it is stopped."""
    folder = Path(tempfile.mkdtemp(prefix="portal-"))
    folder.chmod(0o755)
    yield folder
    services.stop(folder)
    shutil.rmtree(folder)
