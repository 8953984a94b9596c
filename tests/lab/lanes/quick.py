"""`./dev test quick`: what to run after each change; takes at most three minutes.

The lanes lint, unit and replay completely; from the lane screen, what the change affects; from the server
lanes, the core of the lane pulse.
"""

import ast
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from tests.lab.lanes.files import ROOT
from tests.lab.lanes.table import LANES, Lane

_SERVER_CORE = (
    "tests/backend/pulse/test_streams.py",
    "tests/backend/pulse/test_devices.py",
    "tests/cli/test_caps.py",
)
_SCREEN_CORE = ("tests/ui/test_first_card.py", "tests/ui/test_mouse.py", "tests/ui/test_states.py")
"""For a change outside the screen that no screen test refers to."""

_UNDER_THE_SCREEN = ("ui", "mixer", "diagnosis", "config", "model", "backend/demo")


def lanes() -> list[Lane]:
    """The lanes of a quick run; some are restricted to certain files, and named accordingly."""
    chosen = []
    for lane in LANES:
        if lane.name in ("lint", "unit", "replay"):
            chosen.append(lane)
        elif lane.name == "screen" and (files := screen_files(changed_files())):
            chosen.append(_narrowed(lane, files))
        elif lane.name == "pulse":
            chosen.append(_narrowed(lane, _SERVER_CORE))
    return chosen


def _narrowed(lane: Lane, files: Iterable[str]) -> Lane:
    files = sorted(files)
    about = f"{lane.about}: {' '.join(Path(file).stem for file in files)}"
    return replace(
        lane,
        name=f"{lane.name} part",  # not the lane's own name, for which the full time is stored
        about=about,
        seconds=lane.seconds // 2,
        steps=lambda arguments: lane.steps((*arguments, *files)),
    )


def changed_files() -> set[str]:
    """Files that differ from the branch point on `main` (on `main` itself, from its last commit), or are new.

    None without git (in a source archive).
    """
    base = _git("merge-base", "HEAD", "main") or ["HEAD"]
    return {*_git("diff", "--name-only", base[0]), *_git("ls-files", "--others", "--exclude-standard")}


def _git(*words: str) -> list[str]:
    try:
        done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return []
    return done.stdout.split("\n")[:-1] if done.returncode == 0 else []


def screen_files(changed: Iterable[str]) -> set[str]:
    """Test files of the screen that a change affects.

    Those that changed or whose snapshots did; those that import a changed module or are named after it; the
    core if there are none and the module's effects are visible on the screen.
    """
    tests = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "tests/ui").rglob("test_*.py")}
    touched: set[str] = set()
    for name in changed:
        path = Path(name)
        if name in tests:
            touched.add(name)
        elif "__snapshots__" in path.parts:
            at = path.parts.index("__snapshots__")
            touched.add(Path(*path.parts[:at], f"{path.parts[at + 1]}.py").as_posix())
        elif name.startswith("tests/ui/") and path.suffix == ".py":
            touched |= tests.keys()  # a fixture
        elif name.startswith("tuimixer/"):
            module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
            named = {
                test
                for test, file in tests.items()
                if file.stem == f"test_{path.stem}" or module in _imports(file)
            }
            below = any(name.startswith(f"tuimixer/{folder}") for folder in _UNDER_THE_SCREEN)
            touched |= named or set(_SCREEN_CORE if below else ())
    return touched & tests.keys()


def _imports(file: Path) -> set[str]:
    """Modules of tuimixer that a test file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.startswith("tuimixer")}
