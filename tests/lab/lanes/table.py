"""The table of lanes. Adding an entry to LANES adds the lane, its marker, its help and its place in a run.

Only the standard library may be imported here: tests/conftest.py takes the markers from this table.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.lanes import files, machine

Arguments = Sequence[str]
"""Arguments for pytest, given after `--`."""


@dataclass(frozen=True)
class Step:
    """One command of a lane; its exit status and test counts contribute to the lane's."""

    title: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Lane:
    """A part of the suite that can be run separately."""

    name: str
    """Also the marker of its tests."""
    about: str
    """What its tests run against."""
    seconds: int
    """Estimated time on two cores, until it has been measured on this machine."""
    steps: Callable[[Arguments], list[Step]]
    """Returns the commands to run for these pytest arguments."""
    lacks: Callable[[], str | None] = field(default=machine.nothing)
    """What this machine lacks for it, other than the program's own bindings; None if nothing."""
    default: bool = True
    """Whether it runs by default."""
    background: bool = False
    """Whether it runs in the background, with its output shown at the end: it takes longest."""
    marks: bool = True
    """Whether its name is a marker of tests."""

    def missing(self) -> str | None:
        """Why this machine cannot run it; None if it can."""
        return (machine.bindings() if self.marks else None) or self.lacks()


def python(*arguments: str) -> tuple[str, ...]:
    """The command line that runs a module in this virtual environment."""
    return (sys.executable, *arguments)


def tool(name: str, *arguments: str) -> Step:
    """A step that runs a console script of this virtual environment."""
    return Step(f"{name} {arguments[0]}" if name == "ruff" else name, (machine.script(name), *arguments))


def _pytest(lanes: Sequence[str], arguments: Arguments, *, waiting: bool) -> tuple[str, ...]:
    """The arguments for Python that run all tests of these lanes in several processes."""
    parallel = ("-n", str(machine.workers(waiting)), "--dist", "worksteal")
    return ("-m", "pytest", "-m", " or ".join(lanes), *parallel, *_with_files(lanes, arguments))


def _with_files(lanes: Sequence[str], arguments: Arguments) -> Arguments:
    """The arguments and, unless they name files themselves, the files with tests of these lanes."""
    named = any(Path(argument.partition("::")[0]).exists() for argument in arguments)
    return arguments if named else (*arguments, *files.with_marks(lanes))


def in_parallel(lane: str, *, waiting: bool = False) -> Callable[[Arguments], list[Step]]:
    """All tests with the lane's marker, in several processes; tests of a file stay together if possible.

    A test taken over by an idle process creates its module's fixtures again, which costs less
    than one long file at the end. `waiting`: its tests mostly wait.
    """
    return lambda arguments: [Step(lane, python(*_pytest([lane], arguments, waiting=waiting)))]


def _lint(_: Arguments) -> list[Step]:
    return [
        tool("ruff", "check", "--quiet", "tuimixer", "tests"),
        tool("ruff", "format", "--check", "--quiet", "tuimixer", "tests"),
        tool("mypy", "--strict", "tuimixer", "tests"),
        tool("lint-imports"),
    ]


def _vm(arguments: Arguments) -> list[Step]:
    return [Step("vm", python("-m", "tests.lab.vm", "test", *arguments))]


_CLIENTS = ("pactl", "pacat", "parec")
_PULSEAUDIO = ("pulseaudio", *_CLIENTS)
_PIPEWIRE = ("pipewire", "wireplumber", "pipewire-pulse", "pw-metadata", "pw-cli", "dbus-run-session")


def in_debian(suite: str) -> Callable[[Arguments], list[Step]]:
    """The lanes with private servers, in a Debian system of this suite, with its servers and Python."""
    lanes = ("unit", "pulse", "pipewire", "plugins", "pty")

    def steps(arguments: Arguments) -> list[Step]:
        command = ("python", *_pytest(lanes, arguments, waiting=True))
        return [Step(suite, python("-m", "tests.lab.debian", "run", suite, *command))]

    return steps


def _modern(arguments: Arguments) -> list[Step]:
    itself = python("-m", "pytest", "-m", "modern", *_with_files(["modern"], arguments))
    return [Step("the system itself", itself), *in_debian("trixie")(arguments)]


def _modern_vm(arguments: Arguments) -> list[Step]:
    return [Step("trixie's cards", python("-m", "tests.lab.vm", "test-in", "trixie", *arguments))]


LANES = (
    Lane("lint", "ruff, mypy --strict and the contracts between layers", 30, _lint, marks=False),
    Lane("unit", "pure code; no server, no card, no terminal", 30, in_parallel("unit")),
    Lane("screen", "the Textual screens, by pilot and by snapshot", 90, in_parallel("screen", waiting=True)),
    Lane(
        "pulse",
        "a private PulseAudio",
        110,
        in_parallel("pulse", waiting=True),
        machine.programs(*_PULSEAUDIO, "bash", "zsh", "fish", "groff", "unshare"),
    ),
    Lane(
        "pipewire",
        "a private PipeWire with WirePlumber",
        70,
        in_parallel("pipewire", waiting=True),
        machine.first(machine.programs(*_PIPEWIRE, *_CLIENTS), machine.alsa_plugin("equal")),
    ),
    Lane(
        "plugins",
        "ALSA control plugins (ctl equal, ctl pulse)",
        20,
        in_parallel("plugins", waiting=True),
        machine.first(
            machine.programs(*_PULSEAUDIO, "amixer", "alsamixer", "bash", "tmux"),
            machine.programs("mosquitto", "mosquitto_pub", "mosquitto_sub"),
            machine.alsa_plugin("equal"),
            machine.alsa_plugin("pulse"),
        ),
    ),
    Lane(
        "replay",
        "control sets of real cards, replayed through the real libasound",
        60,
        in_parallel("replay"),
        machine.first(machine.programs("amixer", "alsamixer", "gcc"), machine.header("alsa/asoundlib.h")),
    ),
    Lane(
        "pty",
        "the whole program in a pseudo terminal",
        200,
        in_parallel("pty", waiting=True),
        machine.first(
            machine.programs(*_PULSEAUDIO, *_PIPEWIRE, "tmux"),
            machine.alsa_plugin("equal"),
            machine.alsa_plugin("pulse"),
        ),
    ),
    Lane(
        "web",
        "a real headless Chromium",
        40,
        in_parallel("web"),
        machine.programs(*_PULSEAUDIO, "chromium", "chromedriver"),
    ),
    Lane(
        "ssh",
        "a real sshd on a loopback port, and users made for it",
        120,
        in_parallel("ssh", waiting=True),
        machine.first(
            machine.programs(*_PULSEAUDIO, "sshd", "ssh", "ssh-keygen"),
            machine.programs("useradd", "setpriv", "unshare", "nsenter", "mount", "ps", "pgrep"),
            machine.root,
        ),
    ),
    Lane(
        "modern",
        "Debian 13: PipeWire 1.4, PulseAudio 17, Python 3.13",
        360,
        _modern,
        machine.debian("trixie"),
    ),
    Lane(
        "sid",
        "Debian sid: today's PipeWire and Python",
        360,
        in_debian("sid"),
        machine.debian("sid"),
        default=False,
        marks=False,
    ),
    Lane(
        "vm",
        "emulated sound cards in a virtual machine",
        500,
        _vm,
        # The guest has this machine's programs.
        machine.first(
            machine.programs(*_PULSEAUDIO, *_PIPEWIRE, "amixer", "aplay"),
            machine.virtual_machine,
            machine.modules,
        ),
        background=True,
    ),
    Lane(
        "modern-vm",
        "emulated sound cards under Debian 13's servers",
        400,
        _modern_vm,
        machine.first(machine.debian("trixie"), machine.virtual_machine),
        background=True,
        marks=False,
    ),
)

MARKS = frozenset(lane.name for lane in LANES if lane.marks)
"""A test has exactly one of these markers."""
