"""pytest plugin of `./dev coverage`: each worker saves its data while pytest still waits for it.

By default, coverage saves at exit, and pytest-xdist kills workers that take more than 10 s to exit.
"""

import os
from pathlib import Path

import pytest
from coverage import Coverage

_UNSAVED = "unsaved-"
"""Begins the name of a file that a process has beside its data until the data is saved."""


def unsaved(folder: Path) -> list[str]:
    """The processes whose data should be in the folder, but is not."""
    return sorted(path.name.removeprefix(_UNSAVED) for path in folder.glob(f"{_UNSAVED}*"))


def _mark() -> Path:
    process = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return Path(os.environ["COVERAGE_FILE"]).with_name(_UNSAVED + process)


def pytest_configure() -> None:
    """Note that this process has data to save."""
    _mark().touch()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Save after the last fixture has ended, and before the worker reports that it has finished."""
    measured = Coverage.current()
    assert measured is not None
    # Without this, more would be written at exit, and being killed meanwhile could damage the file.
    measured.stop()
    measured.save()
    _mark().unlink()
