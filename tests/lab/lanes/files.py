"""The test files of each lane, so that none of pytest's processes has to import the others, which takes
longer than many lanes' tests.

Which marks a test has is only known once pytest has collected it, as fixtures add some. So pytest collects
everything once, with this module as a plug-in.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).resolve().parents[3]
_OUTPUT = "TUIMIXER_COLLECTED"
"""The variable that contains the path of the file to write."""


def with_marks(marks: Collection[str], root: Path = ROOT) -> list[str]:
    """The files below `root`, relative to it, that contain tests with at least one of these marks.

    They are in the order in which pytest collects them. Empty if collecting fails; then, pytest reports why
    when it collects everything.
    """
    return [file for file, found in _collected(root).items() if not found.isdisjoint(marks)]


@cache
def _collected(root: Path) -> Mapping[str, frozenset[str]]:
    """The marks of each file's tests."""
    with tempfile.TemporaryDirectory(prefix="tuimixer-lanes-", dir="/tmp") as folder:
        output = Path(folder) / "collected.json"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-p", __name__],
            cwd=root,
            env=os.environ | {"PYTHONPATH": str(ROOT), _OUTPUT: str(output)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode != 0:
            return {}
        return {file: frozenset(marks) for file, marks in json.loads(output.read_text()).items()}


def pytest_collection_finish(session: "pytest.Session") -> None:
    """Write the marks of each file's tests."""
    found: dict[str, set[str]] = {}
    for item in session.items:
        file = item.path.relative_to(session.config.rootpath).as_posix()
        found.setdefault(file, set()).update(mark.name for mark in item.iter_markers())
    text = json.dumps({file: sorted(marks) for file, marks in found.items()})
    Path(os.environ[_OUTPUT]).write_text(text)
