"""The README's marked examples are run as they stand, on a private server with players."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.program import COMMAND
from tests.cli.readme import Example, agrees, examples
from tests.lab.plugins import Plugins

pytestmark = pytest.mark.plugins

README = Path(__file__).parents[2] / "README.md"
BLOCKS = examples(README.read_text())


@pytest.fixture
def env(plugins: Plugins) -> dict[str, str]:
    """Firefox and mpv play; `tuimixer` is on the path; the home is empty."""
    server = plugins.server
    server.play("Firefox", volume=80, silent=True)
    server.play("mpv", volume=70, silent=True)
    for sink in server.sinks:
        server.pactl("set-sink-volume", sink.name, "60%")
    programs = server.folder / "bin"
    programs.mkdir()
    (programs / "tuimixer").write_text(f'#!/bin/sh\nexec {" ".join(COMMAND)} "$@"\n')
    (programs / "tuimixer").chmod(0o755)
    return plugins.env | {"PATH": f"{programs}:{plugins.env['PATH']}"}


@pytest.mark.parametrize("block", BLOCKS, ids=[f"line {block[0].line}" for block in BLOCKS if block])
def test_block(block: list[Example], env: dict[str, str]) -> None:
    for example in block:
        done = subprocess.run(
            ["bash", "-c", example.command],
            env=env,
            cwd=env["HOME"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        printed = done.stdout
        assert agrees(example.output, printed), f"README.md:{example.line}: {example.command}\n{printed}"


def test_a_wrong_example_is_found(env: dict[str, str]) -> None:
    commands = "$ tuimixer get\n60% …\n$ tuimixer set 50%\n$ tuimixer get\n61% -12.00 dB\n"
    text = f"<!-- run -->\n```console\n{commands}```\n"
    first, change, second = examples(text)[0]
    assert (first.line, change.output, second.line) == (3, "", 6)
    with pytest.raises(AssertionError, match=r"README.md:6: tuimixer get\n\s*50% -18.06 dB"):
        test_block([first, change, second], env)


def test_unmarked_blocks_are_left_alone() -> None:
    assert examples("```console\n$ rm -r /\n```\n") == []
