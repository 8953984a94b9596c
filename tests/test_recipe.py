"""Recipes of docs/architecture.md: "A setting of a device, with a verb" is followed in a copy of the program.

The toy setting, `asleep`, is whether a device is suspended, under another name: both servers can set it.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lab.pulse import PrivatePulse

ROOT = Path(__file__).parent.parent
MOST_FILES = 8


@dataclass(frozen=True)
class Edit:
    """Lines to insert into a file of the program, before the line that starts with `before`."""

    file: str
    before: str
    text: str


EDITS = (
    Edit("model/control.py", "    driver: str", "    asleep: bool = False\n"),
    Edit(
        "model/command.py",
        "CardCommand = ",
        """
@dataclass(frozen=True, slots=True)
class SetAsleep:
    id: ControlId
    asleep: bool

    label = "sleep"

    def apply_to(self, control: Control) -> Control | None:
        device = control.device
        return replace(control, device=replace(device, asleep=self.asleep)) if device else None

    def inverse(self, snapshot: Snapshot) -> "SetAsleep | None":
        device = snapshot.device(self.id)
        return SetAsleep(self.id, device.asleep) if device else None


""",
    ),
    Edit("model/command.py", "    | SetFormats", "    | SetAsleep\n"),
    Edit(
        "backend/pulse/translate.py",
        "            driver=record.driver",
        '            asleep=record.state == "suspended",\n',
    ),
    Edit("backend/pulse/calls.py", "    ClearDefault,", "    SetAsleep,\n"),
    Edit(
        "backend/pulse/calls.py",
        "        case SetPort(",
        "        case SetAsleep(asleep=asleep) if device:\n"
        '            return Call(f"{control.kind}_suspend", (index, asleep))\n',
    ),
    Edit("backend/pulse/verification.py", "    SetCapture,", "    SetAsleep,\n"),
    Edit(
        "backend/pulse/verification.py",
        "        case SetDefault() | SetProfile():",
        "        case SetAsleep():\n            return _USUAL\n",
    ),
    Edit(
        "backend/pulse/verification.py",
        "        case Kill():",
        "        case SetAsleep(asleep=asleep) if device and device.asleep != asleep:\n"
        '            return f"{server} did not put {control.name} to sleep."\n',
    ),
    Edit("cli/commands/device.py", "    ClearDefault,", "    SetAsleep,\n"),
    Edit(
        "cli/commands/device.py",
        "    Verb(",
        '    Verb("asleep", "DEVICE [on | off]", "put a device to sleep", "", _OPTIONS, least=1, most=2),\n',
    ),
    Edit("cli/commands/device.py", '        "default": _default', '        "asleep": _asleep,\n'),
    Edit(
        "cli/commands/device.py",
        "def _default(",
        """def _asleep(call: Invocation) -> None:
    control, _ = _device(call)
    call.apply(SetAsleep(control.id, call.words[-1] != "off"))
    answer(call, (control,))


""",
    ),
    Edit("cli/verbs.py", '    "default": ', '    "asleep": f"{_COMMANDS}.device",\n'),
    Edit("ui/screens/control_lines.py", "    SetDefault,", "    SetAsleep,\n"),
    Edit(
        "ui/screens/control_lines.py",
        '    asleep = device.state == "suspended"',
        '    yield Line("Asleep", id="asleep", enter=SetAsleep(control.id, not device.asleep))\n',
    ),
)

SCREEN_SIDE = """
from tuimixer.backend.demo import simulated
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.backend.engine.protocol import decode, pack_command, unpack_command
from tuimixer.backend.outbox import Outbox
from tuimixer.mixer.history import History
from tuimixer.model.command import SetAsleep
from tuimixer.ui.screens.control_lines import device_lines

command = SetAsleep(simulated.SPEAKERS, True)
kind, line = decode(pack_command(1, command))
assert unpack_command(line) == command
demo = DemoBackend(still=True)
before = demo.snapshot
history = History(lambda: 0.0)
history.record(command, before)
outbox = Outbox()
outbox.submit(command)
assert outbox.over(before.controls)[command.id].device.asleep
assert demo.carry_out(command)
assert demo.snapshot.controls[command.id].device.asleep
step = history.undo()
assert step.words == "sleep (Speakers)", step.words
assert demo.carry_out(step.before)
assert demo.snapshot.controls == before.controls
line = next(line for line in device_lines(before.controls[command.id], before) if line.id == "asleep")
assert line.enter == command
print("all of it")
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A directory with a copy of the program to which the toy setting was added."""
    shutil.copytree(ROOT / "tuimixer", tmp_path / "tuimixer", ignore=shutil.ignore_patterns("__pycache__"))
    for edit in EDITS:
        file = tmp_path / "tuimixer" / edit.file
        lines = file.read_text().splitlines(keepends=True)
        place = next(number for number, line in enumerate(lines) if line.startswith(edit.before))
        file.write_text("".join((*lines[:place], edit.text, *lines[place:])))
    return tmp_path


def run(folder: Path, *words: str, **env: str) -> str:
    """The output of a Python that imports the program from this directory."""
    command = [sys.executable, *words]
    done = subprocess.run(command, cwd=folder, env={**os.environ, **env}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def files_of(recipe: str) -> set[str]:
    """The files that the steps of a recipe name."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    steps = re.search(rf"\*\*{re.escape(recipe)}\*\*\n((?:\d\. .*\n)+)", text)
    assert steps is not None
    return set(re.findall(r"`([a-z_/]+\.py)`", steps[1]))


@pytest.mark.unit
def test_a_setting_of_a_device_touches_few_files_and_the_recipe_names_them() -> None:
    files = {edit.file for edit in EDITS}
    assert len(files) <= MOST_FILES
    assert files_of("A setting of a device, with a verb.") == files


@pytest.mark.unit
def test_the_recipe_for_a_card_names_all_files_of_its_pattern() -> None:
    named = files_of("A setting of a server's card, with a verb.")
    for file in (ROOT / "tuimixer").rglob("*.py"):
        name, text = str(file.relative_to(ROOT / "tuimixer")), file.read_text()
        assert name in named or "SetCodec" not in text
        assert name not in named or "codec" in text.lower()


@pytest.mark.unit
@pytest.mark.usefixtures("unmeasured")
def test_a_new_setting_is_applied_sent_undone_and_shown_without_more(copy: Path) -> None:
    assert run(copy, "-c", SCREEN_SIDE) == "all of it\n"


@pytest.mark.pulse
@pytest.mark.usefixtures("unmeasured")
def test_a_new_setting_has_a_verb_and_reaches_the_server(copy: Path, pulse: PrivatePulse) -> None:
    def states() -> dict[str, str]:
        return {sink["name"]: sink["state"] for sink in pulse.pactl_json("sinks")}

    assert "Put a device to sleep" in run(copy, "-m", "tuimixer", "asleep", "--help")
    run(copy, "-m", "tuimixer", "asleep", "speakers", "on", "--server", pulse.address)
    assert states()["speakers"] == "SUSPENDED"
    run(copy, "-m", "tuimixer", "asleep", "speakers", "off", "--server", pulse.address)
    assert states()["speakers"] != "SUSPENDED"
