"""A virtual machine that hangs is ended, and its console tells how far it came."""

import os
import select
import subprocess

import pytest

from tests.lab.guest_output import NO_STATUS, TIMED_OUT, explain, follow
from tests.lab.waiting import DEADLINE

pytestmark = pytest.mark.unit


class Guest:
    """A shell script as a machine, with a pipe that ends when all of its processes have."""

    def __init__(self, script: str) -> None:
        self._alive, alive = os.pipe()
        self.process = subprocess.Popen(
            ["sh", "-c", script],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            pass_fds=[alive],
        )
        os.close(alive)

    def prints(self) -> None:
        """Wait until it has printed something, on either side."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        select.select([self.process.stdout, self.process.stderr], [], [])

    def ends(self) -> None:
        """Wait until none of its processes is left."""
        with open(self._alive) as alive:
            assert select.select([alive], [], [], DEADLINE)[0]


def test_output_and_console_are_separate() -> None:
    done = follow(Guest("echo one; echo [1.0] booting >&2; echo two; exit 3").process, 60)
    assert (done.returncode, done.stdout, done.stderr) == (3, "one\ntwo\n", "[1.0] booting\n")


@pytest.mark.parametrize("stream", [True, False])
def test_output_is_passed_on(stream: bool, capfd: pytest.CaptureFixture[str]) -> None:
    follow(Guest("echo one; echo [1.0] booting >&2").process, 60, stream=stream)
    assert capfd.readouterr() == ("one\n" if stream else "", "")


@pytest.mark.parametrize(("timeout", "until_output"), [(600, 0.2), (0.2, 600)])
def test_a_guest_that_prints_nothing_is_ended(timeout: float, until_output: float) -> None:
    guest = Guest("echo [1.0] booting >&2; sleep 600 & wait")
    guest.prints()
    done = follow(guest.process, timeout, until_output=until_output)
    assert (done.returncode, done.stdout, done.stderr) == (TIMED_OUT, "", "[1.0] booting\n")
    guest.ends()


def test_a_guest_that_has_printed_is_not_ended_before_the_timeout() -> None:
    guest = Guest("echo one; sleep 0.2; echo two")
    guest.prints()
    done = follow(guest.process, 600, until_output=0)
    assert (done.returncode, done.stdout) == (0, "one\ntwo\n")


def test_a_guest_that_does_not_finish_is_ended() -> None:
    guest = Guest("echo one; sleep 600 & wait")
    guest.prints()
    done = follow(guest.process, 0.2)
    assert (done.returncode, done.stdout) == (TIMED_OUT, "one\n")
    guest.ends()


def test_what_the_leader_left_behind_is_ended() -> None:
    guest = Guest("sleep 600 & exit 0")
    os.waitid(os.P_PID, guest.process.pid, os.WEXITED | os.WNOWAIT)
    assert follow(guest.process, 0.2).returncode == TIMED_OUT
    guest.ends()


def test_a_guest_that_has_ended_is_not_late() -> None:
    guest = Guest("exit 3")
    os.waitid(os.P_PID, guest.process.pid, os.WEXITED | os.WNOWAIT)
    assert follow(guest.process, 0).returncode == 3


def test_what_qemu_says_about_recording_is_left_out() -> None:
    guest = Guest("echo 'audio: Failed to create voice `ac97.pi' >&2; echo [1.0] booting >&2")
    done = follow(guest.process, 60)
    assert done.stderr == "[1.0] booting\n"


@pytest.mark.parametrize(
    ("status", "output", "explained"),
    [
        (0, "", ""),
        (1, "1 failed\n", ""),
        (1, "", None),
        (TIMED_OUT, "", "vm: the guest printed nothing in time\n"),
        (TIMED_OUT, ". [50%]", "vm: the guest did not finish in time\n"),
        (NO_STATUS, ". [50%]", "vm: the machine ended before its command did\n"),
    ],
)
def test_a_failure_is_explained(
    status: int, output: str, explained: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    console = [f"[{number}.0] line {number}" for number in range(100)]
    explain(subprocess.CompletedProcess("", status, output, "".join(f"{line}\n" for line in console)))
    shown = "" if explained == "" else "\n".join(["vm: the end of its console:", *console[-40:], ""])
    assert capsys.readouterr().out == (explained or "") + shown
