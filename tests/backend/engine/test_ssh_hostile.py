"""A malicious or unresponsive far end, through a real sshd."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backend.engine.sshd import Box
from tests.backend.engine.users import User
from tests.lab.terminal import Terminal
from tests.lab.waiting import wait_until
from tests.pty.person import state_of
from tuimixer.backend.base import Unreachable
from tuimixer.backend.engine.verb import run_remote_verb
from tuimixer.wiring import Options, open_machines

pytestmark = [
    pytest.mark.ssh,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make users"),
]

_TITLE = r"\033]0;owned\007"


def tuimixer(*words: str) -> list[str]:
    return [sys.executable, "-P", "-m", "tuimixer", *words]


def test_of_two_users_the_hostile_one_writes_nothing_to_the_terminal(
    box: Box, users: list[User], capfd: pytest.CaptureFixture[str]
) -> None:
    hostile, honest = users[0], users[1]
    genuine = box.program.read_text().partition("\n")[2]
    box.replace_program(
        f"""if [ "$(id -un)" = {hostile.name} ]; then
        printf '{_TITLE}welcome\\n\\033[2J\\033[31mlast {_TITLE}words' >&2
        exit 3
        fi
        {genuine}"""
    )
    with pytest.raises(Unreachable) as failure:
        open_machines(Options(hosts=(box.target_of(hostile.name),))).backends()
    assert str(failure.value).endswith("(status 3): last words.")
    assert run_remote_verb(box.target_of(hostile.name), ["list"]) == 3
    said = capfd.readouterr().err
    assert "\033" not in said
    assert "\a" not in said
    assert said.splitlines() == ["welcome", "last words"] * 2
    assert run_remote_verb(box.target_of(honest.name), ["get", "cellar"]) == 0
    assert capfd.readouterr().out.startswith("100%")


def test_the_version_of_a_hostile_greeting_is_cleaned(box: Box) -> None:
    version = "9\\\\u001b]0;owned\\\\u0007" + "9" * 5000
    box.replace_program(
        f"""printf '["hello",{{"protocol":99,"version":"{version}","host":"h","user":"u"}}]\\n'; cat"""
    )
    with pytest.raises(Unreachable, match="protocol 99") as failure:
        open_machines(Options(hosts=(box.target,))).backends()
    assert str(failure.value).isprintable()
    assert len(str(failure.value)) < 300


@pytest.mark.parametrize("words", [(), ("list",)])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_while_the_other_end_is_silent_ends_ssh_too(
    box: Box, words: tuple[str, ...], number: signal.Signals
) -> None:
    started = box.folder / "started"
    box.replace_program(f"touch {started}; exec sleep 1000")
    with Terminal(tuimixer("--host", box.target, *words), env=os.environ) as terminal:
        wait_until(started.exists, "the other end")
        (ssh,) = children(terminal.process.pid)
        terminal.signal(number)
        status = terminal.wait()
        assert status == (130 if number is signal.SIGINT else -number)
        assert terminal.modes() == terminal.initial_modes
        wait_until(lambda: state_of(ssh) in ("", "Z"), "ssh to end")


def test_a_signal_while_ssh_asks_for_a_password_puts_the_echo_back(box: Box) -> None:
    box.configure_client(known=False)
    with Terminal(tuimixer("--host", box.target), env=os.environ) as terminal:
        terminal.wait_for("Are you sure you want to continue connecting")
        (ssh,) = children(terminal.process.pid)
        terminal.signal(signal.SIGTERM)
        assert terminal.wait() == -signal.SIGTERM
        wait_until(lambda: terminal.modes() == terminal.initial_modes, "the modes")
        wait_until(lambda: state_of(ssh) in ("", "Z"), "ssh to end")


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def test_a_hangup_that_is_to_be_ignored_is(box: Box) -> None:
    started, go = box.folder / "started", box.folder / "go"
    box.replace_program(f"touch {started}; while ! [ -e {go} ]; do sleep 0.05; done; echo done")
    command = ["nohup", *tuimixer("--host", box.target, "list")]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as verb:
        wait_until(started.exists, "the other end")
        verb.send_signal(signal.SIGHUP)
        go.touch()
        assert verb.communicate()[0] == "done\n"
        assert verb.returncode == 0
