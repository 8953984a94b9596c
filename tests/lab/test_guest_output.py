"""A virtual machine that hangs is ended, and its console tells how far it came."""

import select
import subprocess

import pytest

from tests.lab.guest_output import TIMED_OUT, explain, follow

pytestmark = pytest.mark.unit


def machine(script: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["sh", "-c", script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def test_output_and_console_are_separate() -> None:
    done = follow(machine("echo one; echo [1.0] booting >&2; echo two; exit 3"), 60)
    assert (done.returncode, done.stdout, done.stderr) == (3, "one\ntwo\n", "[1.0] booting\n")


def test_a_guest_that_prints_nothing_is_ended() -> None:
    guest = machine("echo [1.0] booting >&2; sleep 600 & wait")
    assert guest.stderr is not None
    select.select([guest.stderr], [], [])
    done = follow(guest, 600, until_output=0.2)
    assert (done.returncode, done.stdout, done.stderr) == (TIMED_OUT, "", "[1.0] booting\n")
    assert guest.poll() is not None


def test_a_guest_that_has_printed_is_not_ended_before_the_timeout() -> None:
    guest = machine("echo one; sleep 0.2; echo two")
    assert guest.stdout is not None
    select.select([guest.stdout], [], [])
    done = follow(guest, 600, until_output=0)
    assert (done.returncode, done.stdout) == (0, "one\ntwo\n")


def test_a_guest_that_does_not_finish_is_ended() -> None:
    guest = machine("echo one; sleep 600 & wait")
    assert guest.stdout is not None
    select.select([guest.stdout], [], [])
    done = follow(guest, 0.2)
    assert (done.returncode, done.stdout) == (TIMED_OUT, "one\n")
    assert guest.poll() is not None


def test_what_qemu_says_about_recording_is_left_out() -> None:
    done = follow(machine("echo 'audio: Failed to create voice `ac97.pi' >&2; echo [1.0] booting >&2"), 60)
    assert done.stderr == "[1.0] booting\n"


@pytest.mark.parametrize(
    ("status", "output", "explained"),
    [
        (0, "", ""),
        (1, "1 failed\n", "vm: the end of its console:\n"),
        (TIMED_OUT, "", "vm: the guest printed nothing\nvm: the end of its console:\n"),
        (255, "", "vm: the guest printed nothing\nvm: the end of its console:\n"),
        (TIMED_OUT, ". [50%]", "vm: the guest did not finish in time\nvm: the end of its console:\n"),
    ],
)
def test_a_failure_is_explained(
    status: int, output: str, explained: str, capsys: pytest.CaptureFixture[str]
) -> None:
    console = [f"[{number}.0] line {number}" for number in range(100)]
    explain(subprocess.CompletedProcess("", status, output, "".join(f"{line}\n" for line in console)))
    shown = "".join(f"{line}\n" for line in console[-40:]) if status else ""
    assert capsys.readouterr().out == explained + shown
