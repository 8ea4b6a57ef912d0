import pytest

from tests.training.writing import Courses


@pytest.fixture
def courses(tmp_path) -> Courses:
    """A folder with the small course, to change."""
    return Courses(tmp_path)
