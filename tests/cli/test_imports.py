"""What a volume key loads, and what it must not."""

import gc
import subprocess
import sys
from collections.abc import Coroutine

import pytest

from tests.lab.plugins import Plugins
from tests.lab.pulse import PrivatePulse
from tests.lab.waiting import DEADLINE
from tuimixer.cli.main import main

pytestmark = [pytest.mark.plugins, pytest.mark.usefixtures("unmeasured")]

HEAVY = {
    "asyncio",
    "textual",
    "rich",
    "subprocess",
    "argparse",
    "dataclasses",
    "typing",
    "json",
    "re",
    "tomllib",
    "pathlib",
}


def loaded(env: dict[str, str], *words: str) -> set[str]:
    code = (
        "import sys; from tuimixer.cli.main import main; status = main(sys.argv[1:]); "
        "print(*sys.modules, file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], env=env, capture_output=True, text=True, timeout=DEADLINE
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "words",
    [
        ["set", "+1%"],
        ["toggle", "speakers"],
        ["set", "@output", "-3dB", "unmute"],
        ["get"],
        ["get", "headphones"],
        ["status"],
        ["status", "--format", "{name} {percent}%"],
    ],
)
def test_a_key_on_the_server_loads_little(words: list[str], pulse: PrivatePulse) -> None:
    modules = loaded(pulse.env, *words)
    assert not HEAVY & modules
    assert not {
        name for name in modules if name.startswith(("tuimixer.backend.alsa", "tuimixer.ui", "alsaaudio"))
    }


def test_a_key_on_a_card_does_not_touch_the_server(plugins: Plugins) -> None:
    modules = loaded(plugins.env, "set", "-D", "equal", "equal/00. 31 Hz", "+1%")
    assert not {*HEAVY, "pulsectl", "inspect"} & modules
    assert not {name for name in modules if name.startswith(("tuimixer.backend.pulse", "tuimixer.mixer"))}


def test_a_machine_with_streams_of_one_name_costs_no_more(pulse: PrivatePulse) -> None:
    players = [pulse.play("Browser") for _ in range(2)]
    assert not {*HEAVY, "inspect"} & loaded(pulse.env, "set", "browser", "-1%")
    for player in players:
        player.kill()


def test_a_key_collects_no_garbage(pulse: PrivatePulse) -> None:
    code = (
        "import gc, os, sys\n"
        "runs = []\n"
        "def end(status): print(len(runs), file=sys.stderr); sys.exit(status)\n"
        "os._exit = end\n"
        "from tuimixer.__main__ import start\n"
        "gc.collect()\n"
        "gc.callbacks.append(lambda phase, _: runs.append(phase))\n"
        "start()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "set", "50%"],
        env=pulse.env,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    assert (done.returncode, done.stderr) == (0, "0\n")


def test_what_runs_until_it_is_interrupted_collects_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    collects: list[bool] = []

    def note(*arguments: object) -> None:
        collects.append(gc.isenabled())
        for argument in arguments:
            if isinstance(argument, Coroutine):
                argument.close()

    monkeypatch.setattr("asyncio.run", note)
    monkeypatch.setattr("tuimixer.ui.web.serve", note)
    try:
        for words in (["watch", "--demo"], ["serve", "--demo"]):
            gc.disable()
            assert main(words) == 0
    finally:
        gc.enable()
    assert collects == [True, True]
