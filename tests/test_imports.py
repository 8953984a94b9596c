"""What each entry point of the program loads, and that imports respect the layers."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("unmeasured")]

PACKAGE = Path(__file__).parent.parent / "tuimixer"
SCREEN = {"textual", "rich"}
HEAVY = SCREEN | {"asyncio"}


def loaded(script: str, *arguments: str) -> set[str]:
    """Top-level names of the modules a script has loaded at its end, in its own process."""
    ending = (
        "\nimport json as _json, sys as _sys"
        "\n_sys.__stderr__.write('LOADED' + _json.dumps([n for n, m in _sys.modules.items() if m]))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script + ending, *arguments],
        input="",
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in json.loads(result.stderr.partition("LOADED")[2])} | set(
        json.loads(result.stderr.partition("LOADED")[2])
    )


def test_the_check_sees_what_is_loaded() -> None:
    assert "asyncio" in loaded("import asyncio.events")
    assert not loaded("import tuimixer") & HEAVY


@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["--version"], ["list", "--help"]])
def test_a_verb_loads_no_screen_and_no_loop(arguments: list[str]) -> None:
    names = loaded("import sys\nfrom tuimixer.cli.main import main\nmain(sys.argv[1:])", *arguments)
    assert "tuimixer.cli.main" in names
    assert not names & (HEAVY | {"msgspec"})


def test_a_verb_on_another_box_loads_no_protocol() -> None:
    names = loaded("import tuimixer.backend.engine.verb")
    assert not names & (HEAVY | {"msgspec"})


def test_the_engine_loads_no_screen_and_nothing_in_vain() -> None:
    script = (
        "import os, sys\n"
        "reads, writes = os.pipe(); os.dup2(reads, 0); os.close(writes); os.dup2(os.pipe()[1], 1)\n"
        "from tuimixer.wiring import run_engine\n"
        "assert run_engine([]) == 0\n"
    )
    names = loaded(script)
    assert {"tuimixer.backend.engine.server", "tuimixer.backend.alsa.backend", "asyncio"} <= names
    assert not names & (SCREEN | {"ssl", "typing_extensions", "argparse"})


def test_the_engine_is_forked_before_anything_heavy_is_loaded() -> None:
    script = (
        "import sys\n"
        "from tuimixer.backend.engine import child\n"
        "fork = child.fork\n"
        "def told(*arguments):\n"
        "    print(*sys.modules, flush=True); return fork(*arguments)\n"
        "child.fork = told\n"
        "from tuimixer.wiring import Options, open_machines\n"
        "open_machines(Options()).backends()\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    names = set(result.stdout.split())
    assert "tuimixer.wiring" in names
    assert not names & (HEAVY | {"msgspec", "inspect"})


def test_the_first_picture_is_painted_without_textual() -> None:
    script = (
        "import os\n"
        "from tuimixer.backend.demo.simulated import box\n"
        "from tuimixer.config.actions import compile_keymap\n"
        "from tuimixer.config.schema import Config, Filters\n"
        "from tuimixer.mixer.views import View\n"
        "from tuimixer.ui.mixer.renderer import Renderer\n"
        "from tuimixer.ui.terminal.capabilities import look_at\n"
        "from tuimixer.ui.terminal.direct_writer import encode\n"
        "terminal = look_at({'TERM': 'xterm-256color'}, Config())\n"
        "keys = compile_keymap('alsamixer', {})[0]\n"
        "renderer = Renderer(terminal, (keys, keys), View.PLAYBACK, Filters(), 'auto')\n"
        "renderer.resize((80, 24), (80, 24))\n"
        "renderer.show(box())\n"
        "assert 'Master' in encode(renderer.grid.changes(), terminal.palette)[0]\n"
    )
    assert not loaded(script) & {"textual", "asyncio"}


def imports(folder: str) -> set[tuple[str, str]]:
    """(file, module) for every import in a directory of the package, including those inside functions."""
    found = set()
    for path in (PACKAGE / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                found.add((path.name, node.module))
                found |= {(path.name, f"{node.module}.{alias.name}") for alias in node.names}
            elif isinstance(node, ast.Import):
                found |= {(path.name, alias.name) for alias in node.names}
    return found


CONCRETE = ("alsa", "pulse", "remote", "demo", "together", "host")


def test_the_screen_knows_no_concrete_backend() -> None:
    forbidden = {f"tuimixer.backend.{name}" for name in CONCRETE} | {"tuimixer.wiring"}
    reached = {
        (file, name) for file, name in imports("ui") if any(f"{name}.".startswith(f"{f}.") for f in forbidden)
    }
    assert not reached


@pytest.mark.parametrize("folder", ["model", "backend", "mixer", "diagnosis", "config", "cli"])
def test_only_the_screen_knows_textual(folder: str) -> None:
    assert not {(file, name) for file, name in imports(folder) if name.partition(".")[0] in SCREEN}
