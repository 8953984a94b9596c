"""Completion in real shells, live, and the manual page through man's own formatter."""

import re
import shlex
import shutil
import subprocess
from functools import partial
from itertools import pairwise

import pytest

from tests.cli.program import COMMAND, run
from tests.lab.pulse import PrivatePulse
from tests.lab.terminal import Terminal
from tests.lab.waiting import DEADLINE
from tuimixer.cli.verbs import MODULES

pytestmark = pytest.mark.pulse


def _with_tuimixer(pulse: PrivatePulse) -> dict[str, str]:
    """An environment with `tuimixer` in PATH."""
    programs = pulse.folder / "bin"
    programs.mkdir(exist_ok=True)
    program = programs / "tuimixer"
    program.write_text(f'#!/bin/sh\nexec {" ".join(COMMAND)} "$@"\n')
    program.chmod(0o755)
    return pulse.env | {"PATH": f"{programs}:{pulse.env['PATH']}"}


def _ends_with(text: str, screen: str) -> bool:
    """Whether the screen ends with these words, quoted by backslashes or, as fish 4 does, by apostrophes."""
    words = shlex.split(text)
    try:
        return shlex.split(screen.rstrip().rpartition("\n")[2])[-len(words) :] == words
    except ValueError:  # an open quotation
        return False


def _asks(screen: str) -> bool:
    """Whether the shell shows its prompt with nothing typed after it: from then on its line editor reads.

    What is typed earlier is echoed by the terminal, before the prompt; the editor knows nothing of that,
    and draws into the wrong columns.
    """
    return screen.rstrip().endswith(("#", "$", "%", ">"))


def _fish(script: str, pulse: PrivatePulse) -> list[str]:
    env = _with_tuimixer(pulse)
    done = subprocess.run(
        ["fish", "-c", script], env=env, capture_output=True, text=True, timeout=DEADLINE, cwd=pulse.folder
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source <(tuimixer completion bash)"),
    "zsh": (["zsh", "-f", "-i"], "autoload -U compinit; compinit -u -D; source <(tuimixer completion zsh)"),
    # fish's suggestions are off, because they would show more than what is completed.
    "fish": (
        ["fish", "--no-config", "-i"],
        "set -g fish_autosuggestion_enabled 0; tuimixer completion fish | source",
    ),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_person_presses_tab(shell: str, pulse: PrivatePulse) -> None:
    """In the shell itself, at its prompt: completing what exists by its beginning, with spaces and colons."""
    pulse.play("My Player", silent=True)
    (pulse.folder / "special.toml").touch()
    command, source = SHELLS[shell]
    assert shutil.which(command[0]), f"{shell} is not installed; ./dev setup installs it"
    with Terminal(command, columns=120, env=_with_tuimixer(pulse), cwd=pulse.folder) as terminal:
        terminal.wait_for(_asks)
        terminal.send(f"{source}; echo re''ady\r")
        terminal.wait_for(lambda screen: "\nready" in screen and _asks(screen))
        for typed, completed in (
            ("tuimixer unm", "tuimixer unmute"),
            ("tuimixer default hea", "tuimixer default headphones"),
            ("tuimixer set my", "tuimixer set My\\ Player"),
            ("tuimixer set My\\ Pl", "tuimixer set My\\ Player"),
            ("tuimixer set speakers bal", "tuimixer set speakers balance:0"),
            ("tuimixer set speakers balance:", "tuimixer set speakers balance:0"),
            ('tuimixer set "My Pl', 'tuimixer set "My Player"'),
            ("tuimixer status --for", "tuimixer status --format"),
            ("tuimixer status --format way", "tuimixer status --format waybar"),
            ("tuimixer list -f ./speci", "tuimixer list -f ./special.toml"),
            ("tuimixer --layout=col", "tuimixer --layout=columns"),
        ):
            terminal.send(typed)
            terminal.press("tab")
            terminal.wait_for(partial(_ends_with, completed))
            terminal.send("\x15")
            terminal.wait_for(_asks)


def test_fish(pulse: PrivatePulse) -> None:
    script = (
        "tuimixer completion fish | source; complete -C 'tuimixer default spea'; complete -C 'tuimixer unm'"
    )
    assert _fish(script, pulse) == ["speakers\tSpeakers", "unmute\tunmute a control"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--lay"], "--layout"),
        (["--layout", ""], "columns"),
        (["status", "--format", "way"], "waybar"),
        (["set", "speakers", "bal"], "balance:0"),
        (["set", "@"], "@output"),
        (["completion", ""], "fish"),
        (["get", "Mas"], "Master"),
    ],
)
def test_candidates(words: list[str], expected: str, pulse: PrivatePulse) -> None:
    outcome = run("complete", "--", *words, env=pulse.env)
    assert expected in [line.partition("\t")[0] for line in outcome.out.splitlines()]


def test_completion_without_a_server_is_quiet(pulse: PrivatePulse) -> None:
    pulse.kill()
    outcome = run("complete", "--", "set", "fire", env=pulse.env)
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "")


def test_the_manual_page(pulse: PrivatePulse) -> None:
    page = run("man", env=pulse.env).out
    command = ["groff", "-man", "-Tascii", "-ww", "-rLL=78n"]
    done = subprocess.run(command, input=page, capture_output=True, text=True, timeout=DEADLINE, check=True)
    shown = re.sub(".\b", "", done.stdout)
    assert done.stderr == ""
    assert "set [TARGET...] VALUE..." in shown
    assert "tuimixer set balance:-20" in shown


def test_help_has_every_option_and_example(pulse: PrivatePulse) -> None:
    for verb in ("list", "set", "status", "config"):
        text = run(verb, "--help", env=pulse.env).out
        assert "Examples:" in text
        assert "Exit status: 0 success; 1 nothing matches; 2 usage error" in " ".join(text.split())


@pytest.mark.parametrize("columns", [80, 120])
def test_help_fits_the_terminal(columns: int, pulse: PrivatePulse) -> None:
    """No line is too long, and none in the middle of a paragraph is short."""
    for verb in ["", *MODULES]:
        text = run(*filter(None, [verb, "--help"]), env=pulse.env | {"COLUMNS": str(columns)}).out
        lines = text.splitlines()
        assert max(map(len, lines)) < 80, verb
        for line, following in pairwise(lines):
            first_word = following.split(" ")[0]
            if line[:1].strip() and first_word and not line.endswith((".", ":")):
                assert len(f"{line} {first_word}") > 60, f"{verb}: {line!r} is followed by {following!r}"
