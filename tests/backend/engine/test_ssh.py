"""Engines and verbs through a real sshd on the loopback address."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.backend.engine import slow_line
from tests.backend.engine.screen import Screen
from tests.backend.engine.sshd import Box
from tests.lab.terminal import Terminal
from tests.lab.waiting import DEADLINE, wait_until
from tuimixer.backend.base import Unreachable
from tuimixer.backend.engine.child import open_first
from tuimixer.backend.engine.client import EngineBackend
from tuimixer.backend.engine.ssh import Target, verb_script
from tuimixer.backend.engine.ssh_link import SshLink
from tuimixer.backend.engine.verb import run_remote_verb
from tuimixer.model.command import SetVolume
from tuimixer.wiring import Options, open_machines

pytestmark = pytest.mark.ssh


def reach(box: Box, **options: object) -> EngineBackend:
    """A started backend with the demo's machine."""
    (backend,) = open_machines(Options(hosts=(box.target,), demo=True)).backends()
    assert isinstance(backend, EngineBackend)
    return backend


async def test_the_box_is_shown_and_moved_and_nothing_is_left_on_it(box: Box) -> None:
    async with Screen(reach(box)) as screen:
        await screen.until_ready()
        assert screen.backend.name == box.target
        control = screen.control()
        screen.backend.submit(SetVolume(control.id, (4321, 4321)))
        await screen.until(
            lambda: screen.backend._truth.controls[control.id].raws == (4321, 4321), "the echo"
        )
        assert box.engines()
    box.await_nothing_left()


async def test_a_line_that_is_cut_is_taken_up_again(box: Box) -> None:
    async with Screen(reach(box)) as screen:
        await screen.until_ready()
        first, control = screen.pid, screen.control()
        engines = box.engines()
        os.kill(first, signal.SIGKILL)
        await screen.until(lambda: screen.trouble, "the cut to be told")
        assert screen.snapshot.controls[control.id] == control
        await screen.until(lambda: not screen.trouble, "the line")
        assert screen.pid != first
        assert not set(engines) & set(box.engines())
    box.await_nothing_left()


async def test_a_line_that_is_silent_for_five_seconds_goes_on(box: Box) -> None:
    async with Screen(reach(box)) as screen:
        await screen.until_ready()
        first, control = screen.pid, screen.control()
        os.kill(first, signal.SIGSTOP)
        screen.backend.submit(SetVolume(control.id, (99, 99)))
        assert screen.snapshot.controls[control.id].raws == (99, 99)
        # Not always exactly five: a busy machine looks later.
        await screen.until(
            lambda: screen.trouble and re.search("for [5-9] seconds", screen.trouble.reason),
            "the silence to be told",
        )
        os.kill(first, signal.SIGCONT)
        await screen.until(lambda: not screen.trouble, "the line")
        assert screen.pid == first
        await screen.until(lambda: screen.backend._truth.controls[control.id].raws == (99, 99), "the command")
    box.await_nothing_left()


async def test_a_box_whose_ssh_server_goes_is_told(box: Box) -> None:
    async with Screen(reach(box)) as screen:
        await screen.until_ready()
        box.configure_client(key="other_key")
        os.kill(screen.pid, signal.SIGKILL)
        await screen.until(
            lambda: screen.trouble and "refused" in screen.trouble.reason, "the refusal to be told"
        )
        assert screen.trouble
        assert screen.trouble.reason == f"{box.target} refused the key or the password."


def test_a_screen_that_is_killed_leaves_nothing_on_the_box(box: Box) -> None:
    script = (
        "import sys, time\n"
        "from tuimixer.wiring import Options, open_machines\n"
        "open_machines(Options(hosts=(sys.argv[1],), demo=True)).backends()\n"
        "print('started', flush=True)\n"
        "time.sleep(1000)\n"
    )
    with Terminal([sys.executable, "-c", script, box.target]) as terminal:
        terminal.wait_for("started")
        assert box.engines()
        terminal.process.kill()
        box.await_nothing_left()


FAILURES = {
    "no tuimixer": "tuimixer was not found on {box}.",
    "other version": "{box} runs tuimixer 9.9 (protocol 99), but this machine runs ",
    "old": "The engine on {box} exited (status 2): tuimixer: there is no verb 'engine'",
    "refused key": "{box} refused the key or the password.",
    "unknown host": "The host key of {box} is not known.",
    "changed host": "The host key of {box} has changed.",
    "closed port": "{box} refused the connection.",
}


@pytest.mark.parametrize("case", FAILURES)
def test_what_cannot_be_reached_is_told_in_one_sentence(box: Box, case: str) -> None:
    target = box.target
    match case:
        case "no tuimixer":
            box.program.unlink()
        case "other version":
            box.replace_program(
                """echo '["hello",{"protocol":99,"version":"9.9","host":"h","user":"u"}]'; cat"""
            )
        case "old":
            box.replace_program("""echo "tuimixer: there is no verb 'engine'" >&2; exit 2""")
        case "refused key":
            box.configure_client(key="other_key")
        case "unknown host":
            box.configure_client(known=False)
        case "changed host":
            box.configure_client()
            known = box.folder / "known_hosts"
            kind, _ = (box.folder / "other_key.pub").read_text().split(" ", 1)
            assert kind == "ssh-ed25519"
            known.write_text(f"[127.0.0.1]:{box.port} {(box.folder / 'other_key.pub').read_text()}")
        case "closed port":
            target = target.replace(str(box.port), "1")
    with pytest.raises(Unreachable) as failure:
        open_first(SshLink(Target.parse(target), ["--demo"]))
    assert str(failure.value).startswith(FAILURES[case].format(box=target))
    assert str(failure.value).isprintable()
    box.await_nothing_left()


def test_no_ssh_on_this_box(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(box.path))
    with pytest.raises(Unreachable, match="cannot be started: ssh: No such file"):
        open_first(SshLink(Target.parse(box.target), []))
    with pytest.raises(Unreachable, match="needs ssh"):
        run_remote_verb(box.target, ["list"])


async def test_of_several_boxes_the_reachable_one_is_shown(
    box: Box, capfd: pytest.CaptureFixture[str]
) -> None:
    away = "127.0.0.1:1"
    first, second = open_machines(Options(hosts=(away, box.target), demo=True)).backends()
    assert f"tuimixer: {away} refused the connection." in capfd.readouterr().err
    assert isinstance(first, EngineBackend)
    assert isinstance(second, EngineBackend)
    async with Screen(second) as screen, Screen(first) as other:
        await screen.until_ready()
        await other.until(lambda: other.trouble, "the trouble to be told")
        assert other.trouble
        assert other.trouble.reason == f"{away} refused the connection."
    with pytest.raises(Unreachable, match="None of the hosts"):
        open_machines(Options(hosts=(away, away), demo=True)).backends()


def test_ssh_asks_on_the_terminal_before_the_screen_starts(box: Box) -> None:
    box.configure_client(known=False)
    script = (
        "import sys\n"
        "from tuimixer.wiring import Options, open_machines\n"
        "backend, = open_machines(Options(hosts=(sys.argv[1],), demo=True)).backends()\n"
        "print('engine:', backend.name)\n"
    )
    with Terminal([sys.executable, "-c", script, box.target]) as terminal:
        terminal.wait_for("Are you sure you want to continue connecting")
        terminal.send("yes\n")
        terminal.wait_for("engine: ")
        assert terminal.process.wait(DEADLINE) == 0
    box.await_nothing_left()


async def test_a_login_shell_that_prints_is_passed_over(box: Box) -> None:
    box.replace_program(
        "echo Welcome to this box; echo '[1,2]'\n" + box.program.read_text().partition("\n")[2]
    )
    async with Screen(reach(box)) as screen:
        await screen.until_ready()


async def test_the_users_own_ssh_config_cannot_break_it(box: Box) -> None:
    lines = ["RemoteCommand echo no", "RequestTTY force", "LocalForward 127.0.0.1:1 127.0.0.1:2"]
    box.configure_client(more="\n".join([*lines, "ExitOnForwardFailure yes", "ForkAfterAuthentication no"]))
    async with Screen(reach(box)) as screen:
        await screen.until_ready()


NASTY = [
    "$(touch {0})",
    "`touch {0}`",
    "; touch {0}",
    "a'b\"c",
    "\\",
    "'; touch {0} #",
    "a\nb",
    "",
    "*",
    "ü",
    "-x",
    "!1",
    "$HOME",
]


def test_a_verb_s_arguments_arrive_as_they_are(box: Box, capfd: pytest.CaptureFixture[str]) -> None:
    trap = box.folder / "trap"
    arguments = [argument.replace("{0}", str(trap)) for argument in NASTY]
    box.replace_program(
        """exec python3 -c 'import sys, json; print(json.dumps(sys.argv[1:])); sys.exit(7)' "$@" """
    )
    assert run_remote_verb(box.target, arguments) == 7
    assert json.loads(capfd.readouterr().out) == arguments
    assert not trap.exists()


def test_ssh_that_ends_before_it_is_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def script(arguments: Sequence[str]) -> bytes:
        os.waitid(
            os.P_ALL, 0, os.WEXITED | os.WNOWAIT
        )  # for the end of the child, without collecting its status
        return verb_script(arguments)

    monkeypatch.setattr("tuimixer.backend.engine.verb.verb_script", script)
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1 cannot be reached by ssh"):
        run_remote_verb("127.0.0.1:1", ["list"])


def test_a_verb_s_failures(box: Box, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1 cannot be reached by ssh"):
        run_remote_verb("127.0.0.1:1", ["list"])
    assert "Connection refused" in capfd.readouterr().err
    box.program.unlink()
    with pytest.raises(Unreachable, match="tuimixer was not found on"):
        run_remote_verb(box.target, ["list"])


def test_a_verb_that_goes_on_ends_with_its_reader(box: Box) -> None:
    box.replace_program(f"""echo started; exec python3 -c 'import time; time.sleep(1000)' {box.folder}/lib""")
    script = (
        "import sys; from tuimixer.backend.engine.verb import run_remote_verb as run; run(sys.argv[1], [])"
    )
    with subprocess.Popen([sys.executable, "-c", script, box.target], stdout=subprocess.PIPE) as reader:
        assert reader.stdout
        assert reader.stdout.readline() == b"started\n"
        wait_until(box.engines, "the verb to run")
        reader.kill()
    box.await_nothing_left()


async def test_round_trip_keeps_a_held_key(box: Box) -> None:
    async with Screen(reach(box)) as screen:
        await screen.until_ready()
        control = screen.control()
        for raw in range(1, 301):
            screen.backend.submit(SetVolume(control.id, (raw, raw)))
            assert screen.snapshot.controls[control.id].raws == (raw, raw)
            if raw % 30 == 0:
                await asyncio.sleep(0.01)
        await screen.until(lambda: screen.backend._truth.controls[control.id].raws == (300, 300), "the echo")


async def test_on_a_slow_line_keys_are_not_queued_behind_meters(box: Box) -> None:
    proxy = f"{sys.executable} {Path(slow_line.__file__)} 127.0.0.1 {box.port} 9600 0.1"
    box.configure_client(more=f"ProxyCommand {proxy}")
    async with Screen(reach(box)) as screen:
        await screen.until_ready()
        control = screen.control()
        screen.backend.watch_levels(frozenset(screen.snapshot.controls), 400.0)
        await screen.until(lambda: len(screen.levels) > 20, "levels")
        for raw in range(1, 61):
            screen.backend.submit(SetVolume(control.id, (raw, raw)))
            assert screen.control().raws == (raw, raw)
            await asyncio.sleep(1 / 30)
        before, started = len(screen.levels), time.monotonic()
        await screen.until(lambda: screen.backend._truth.controls[control.id].raws == (60, 60), "the echo")
        took = time.monotonic() - started
        print(f"echo of a held key's last step after {1000 * took:.0f} ms")
        # What was in the line before the echo; a line full of meters holds hundreds.
        assert len(screen.levels) - before < 12
        assert screen.control().raws == (60, 60)
    box.await_nothing_left()
