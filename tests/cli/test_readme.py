"""The examples in README and guide are run unchanged, on a private server with players."""

import json
import os
import re
import select
import shlex
import signal
import socket
import subprocess
import tomllib
from contextlib import ExitStack, suppress
from itertools import cycle
from pathlib import Path

import pytest

from tests.cli.program import COMMAND
from tests.cli.readme import Example, agrees, examples
from tests.lab.plugins import Plugins
from tests.lab.terminal import Terminal
from tests.lab.waiting import DEADLINE, wait_until

pytestmark = pytest.mark.plugins

README = Path(__file__).parents[2] / "README.md"
GUIDE = README.parent / "docs" / "guide.md"
BLOCKS = examples(README.read_text())


@pytest.fixture
def env(plugins: Plugins) -> dict[str, str]:
    """Firefox and mpv are playing; `tuimixer` is in PATH; the home directory is empty."""
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
            timeout=DEADLINE,
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


def section(title: str, page: Path = README) -> str:
    """The indented lines below a heading, without their indentation."""
    text = page.read_text().partition(f"### {title}\n")[2].partition("\n#")[0]
    return "\n".join(line[4:] for line in text.splitlines() if line.startswith("    "))


def where(env: dict[str, str]) -> str:
    """Volume and mute of output and input, according to pactl."""
    asked = [
        "get-sink-volume @DEFAULT_SINK@",
        "get-sink-mute @DEFAULT_SINK@",
        "get-source-mute @DEFAULT_SOURCE@",
    ]
    lines = [
        subprocess.run(["pactl", *words.split()], env=env, capture_output=True, text=True, check=True).stdout
        for words in asked
    ]
    found = re.search(r"(\d+)%", lines[0])
    assert found
    return " ".join([f"{found[1]}%", lines[1].split()[-1], lines[2].split()[-1]])


EFFECTS = {
    "tuimixer set +5%": "65% no no",
    "tuimixer set -5%": "55% no no",
    "tuimixer toggle": "60% yes no",
    "tuimixer toggle @input": "60% no yes",
}
"""The effect of each command on an output at 60 %."""


def test_volume_keys(env: dict[str, str]) -> None:
    bindings = re.findall(
        r"exec(?:,| --no-startup-id)? (tuimixer .*)", section("Volume keys in sway, Hyprland, i3")
    )
    assert len(bindings) == 10
    assert set(bindings) == set(EFFECTS)
    for command, effect in EFFECTS.items():
        subprocess.run(["bash", "-c", command], env=env, check=True)
        assert where(env) == effect
        undo = ["tuimixer", "set", "60%", "unmute"]
        subprocess.run(undo, env=env, check=True)
        subprocess.run([*undo[:2], "@input", "unmute"], env=env, check=True)


def test_waybar(env: dict[str, str]) -> None:
    module = json.loads(f"{{{section('waybar')}}}")["custom/volume"]
    with subprocess.Popen(["bash", "-c", f"exec {module['exec']}"], env=env, stdout=subprocess.PIPE) as bar:
        assert bar.stdout
        shown = json.loads(bar.stdout.readline())
        assert (shown["text"], shown["class"], shown["percentage"]) == ("60%", "medium", 60)
        for key, text in (("on-scroll-up", "62%"), ("on-scroll-down", "60%"), ("on-click", "muted")):
            subprocess.run(["bash", "-c", module[key]], env=env, check=True)
            assert json.loads(bar.stdout.readline())["text"] == text
        bar.terminate()


def test_tmux(env: dict[str, str], tmp_path: Path) -> None:
    settings = tmp_path / "tmux.conf"
    settings.write_text(section("tmux"))
    tmux = ["tmux", "-S", str(tmp_path / "socket"), "-f", str(settings)]
    try:
        with Terminal([*tmux, "new-session", "cat"], env=env, cwd=tmp_path) as terminal:
            terminal.wait_for(lambda screen: screen.rstrip().endswith("60%"))
            terminal.press("ctrl+b", "+")
            wait_until(lambda: where(env) == "65% no no", "the key's effect")
    finally:
        subprocess.run([*tmux, "kill-server"], env=env, capture_output=True, check=False)


def test_polybar(env: dict[str, str]) -> None:
    settings = dict(line.split(" = ", 1) for line in section("polybar", GUIDE).splitlines() if " = " in line)
    with subprocess.Popen(shlex.split(settings["exec"]), env=env, stdout=subprocess.PIPE, text=True) as bar:
        assert bar.stdout
        assert bar.stdout.readline() == "60%\n"
        for key, text in (("scroll-up", "62%\n"), ("scroll-down", "60%\n")):
            subprocess.run(["bash", "-c", settings[key]], env=env, check=True)
            assert bar.stdout.readline() == text
        subprocess.run(["bash", "-c", settings["click-left"]], env=env, check=True)
        assert "muted" in bar.stdout.readline()
        bar.terminate()


def test_i3status_rust(env: dict[str, str]) -> None:
    block = tomllib.loads(section("i3status-rust", GUIDE))["block"][0]
    assert block["persistent"] is True
    with subprocess.Popen(
        ["bash", "-c", f"exec {block['command']}"], env=env, stdout=subprocess.PIPE, text=True
    ) as bar:
        assert bar.stdout
        assert bar.stdout.readline() == "60%\n"
        subprocess.run(["bash", "-c", block["click"][0]["cmd"]], env=env, check=True)
        assert bar.stdout.readline() == "muted\n"
        bar.terminate()


def test_wob_gets_a_number(env: dict[str, str]) -> None:
    make, _, change = section("wob", GUIDE).splitlines()
    subprocess.run(["bash", "-c", make], env=env, check=True)
    pipe = os.open(f"{env['XDG_RUNTIME_DIR']}/wob.sock", os.O_RDWR)
    try:
        subprocess.run(["bash", "-c", change], env=env, check=True)
        assert os.read(pipe, 100) == b"65\n"
    finally:
        os.close(pipe)


def test_changes_and_wishes_over_mqtt(env: dict[str, str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    settings = tmp_path / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    tell, hear = section("MQTT", GUIDE).splitlines()
    env = env | {"BROKER": "127.0.0.1", "PORT": port}
    with ExitStack() as running:

        def start(command: list[str]) -> "subprocess.Popen[str]":
            process = running.enter_context(
                subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True)
            )
            running.callback(os.killpg, process.pid, signal.SIGKILL)
            return process

        start(["mosquitto", "-c", str(settings)])
        wait_until(lambda: _listens(int(port)), "the broker")
        home = start(["mosquitto_sub", "-h", "127.0.0.1", "-p", port, "-t", "desk/volume/changes"]).stdout
        assert home
        start(["bash", "-c", tell])
        start(["bash", "-c", hear])

        values = cycle(("33%", "34%"))
        publish = ["mosquitto_pub", "-h", "127.0.0.1", "-p", port, "-t", "desk/volume/set", "-m"]

        def answered() -> bool:
            """Whether a change arrived; anything published before all of them listen is lost."""
            subprocess.run([*publish, next(values)], check=True)
            return bool(select.select([home], [], [], 1)[0])

        wait_until(answered, "a change over the broker")
        change = json.loads(home.readline())
        assert (change["what"], change["name"]) == ("volume", "Speakers")
        assert change["new"][0]["percent"] in (33, 34)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False
