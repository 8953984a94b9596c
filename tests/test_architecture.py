"""docs/architecture.md names existing files."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "architecture.md").read_text()
FILES = sorted(set(re.findall(r"`([\w/*]+\.(?:py|toml|md))`", TEXT)))


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_the_architecture_text_names_is_there(name: str) -> None:
    assert (
        any(any((ROOT / folder).rglob(name)) for folder in ("tuimixer", "tests", "docs"))
        or (ROOT / name).exists()
    )


def test_the_text_names_files() -> None:
    assert len(FILES) > 30
