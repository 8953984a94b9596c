"""Completion in real shells, live, and the manual page through man's own formatter."""

import re
import shutil
import subprocess
from itertools import pairwise

import pytest

from tests.cli.program import COMMAND, run
from tests.lab.pulse import PrivatePulse
from tuimixer.cli.verbs import MODULES

pytestmark = pytest.mark.pulse


def _shell(pulse: PrivatePulse, name: str, script: str) -> list[str]:
    """Run a script in a shell that finds `tuimixer` on its path."""
    assert shutil.which(name), f"{name} is not installed; ./dev setup installs it"
    programs = pulse.folder / "bin"
    programs.mkdir(exist_ok=True)
    program = programs / "tuimixer"
    program.write_text(f'#!/bin/sh\nexec {" ".join(COMMAND)} "$@"\n')
    program.chmod(0o755)
    env = pulse.env | {"PATH": f"{programs}:{pulse.env['PATH']}"}
    done = subprocess.run(
        [name, "-c", script], env=env, capture_output=True, text=True, timeout=60, cwd=pulse.folder
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_bash(pulse: PrivatePulse) -> None:
    pulse.play("My Player", silent=True)
    script = """
    source <(tuimixer completion bash)
    complete_line() {
        COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=($1) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        [[ $1 == *" " ]] && COMP_WORDS+=("") && COMP_CWORD=$((COMP_CWORD + 1))
        _tuimixer; printf '%s\\n' "${COMPREPLY[@]}"
    }
    complete_line "tuimixer st"; complete_line "tuimixer set my"; complete_line "tuimixer set spe"
    complete_line "tuimixer status --for"
    """
    assert _shell(pulse, "bash", script) == ["status", "My\\ Player", "speakers", "--format"]


def test_zsh(pulse: PrivatePulse) -> None:
    script = """
    _describe() { local array=$argv[-1]; print -l -- "${(@P)array}" }
    compdef() { : }
    source <(tuimixer completion zsh)
    words=(tuimixer move mpv head); CURRENT=4; _tuimixer
    """
    assert _shell(pulse, "zsh", script) == ["headphones:Headphones"]


def test_fish(pulse: PrivatePulse) -> None:
    script = (
        "tuimixer completion fish | source; complete -C 'tuimixer default spea'; complete -C 'tuimixer unm'"
    )
    assert _shell(pulse, "fish", script) == ["speakers\tSpeakers", "unmute\tunmute a control"]


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
    done = subprocess.run(command, input=page, capture_output=True, text=True, timeout=60, check=True)
    shown = re.sub(".\b", "", done.stdout)
    assert done.stderr == ""
    assert "set [TARGET] VALUE..." in shown
    assert "tuimixer set balance:-20" in shown


def test_help_has_every_option_and_example(pulse: PrivatePulse) -> None:
    for verb in ("list", "set", "status", "config"):
        text = run(verb, "--help", env=pulse.env).out
        assert "Examples:" in text
        assert "Exit status: 0 done; 1 nothing matches; 2 wrong usage" in " ".join(text.split())


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
