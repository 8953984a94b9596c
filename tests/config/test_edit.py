"""Writing rules into the file, whatever is in its place."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.waiting import DEADLINE
from tuimixer.config.edit import put_rule, write_whole
from tuimixer.config.load import LARGEST, load
from tuimixer.config.schema import Rule

pytestmark = pytest.mark.unit

RULE = Rule({"name": "Speakers"}, name="Desk")
PUT = (
    "import sys; from tuimixer.config.edit import put_rule; from tuimixer.config.schema import Rule\n"
    "try:\n    put_rule(sys.argv[1], Rule({'name': 'Speakers'}, name='Desk'))\n"
    "except (OSError, ValueError) as error:\n    print(getattr(error, 'strerror', None) or error)\n"
)


def _put(path: str, pass_fds: tuple[int, ...] = ()) -> str:
    """Why a rule could not be written, in a process of its own, as it might wait forever."""
    script = [sys.executable, "-c", PUT, path]
    done = subprocess.run(script, capture_output=True, text=True, timeout=DEADLINE, pass_fds=pass_fds)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# No device in /dev: if this failed, it would replace the device for the whole machine.
@pytest.mark.parametrize("place", ["fifo", "terminal", "memory"])
def test_what_is_not_a_regular_file_is_left_alone(place: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    master, slave = os.openpty()
    try:
        if place == "fifo":
            os.mkfifo(path)
        else:
            path.symlink_to(os.ttyname(slave) if place == "terminal" else "/proc/self/mem")
        before = os.lstat(path).st_ino
        assert _put(str(path)) == ("Input/output error" if place == "memory" else "not a regular file")
    finally:
        os.close(master)
        os.close(slave)
    assert os.lstat(path).st_ino == before
    assert os.listdir(tmp_path) == [path.name]


def test_a_pipe_is_not_written_to() -> None:
    reader, writer = os.pipe()
    try:
        assert _put(f"/dev/fd/{reader}", pass_fds=(reader,)) == "not a regular file"
    finally:
        os.close(reader)
        os.close(writer)


def test_a_fifo_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    os.mkfifo(path)
    with pytest.raises(OSError, match="not a regular file"):
        write_whole(str(path), b"{}")
    assert path.is_fifo()
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("there", [True, False])
def test_a_link_to_a_file_stays(there: bool, tmp_path: Path) -> None:
    path, file = tmp_path / "config.toml", tmp_path / "dotfiles.toml"
    if there:
        file.write_text("mouse = false  # mine\n")
    path.symlink_to(file)
    put_rule(str(path), RULE)
    assert path.is_symlink()
    assert load(str(file)).config.filter.rules == (RULE,)
    assert file.read_text().startswith("mouse = false  # mine\n") is there


@pytest.mark.parametrize("size", [LARGEST, 2 * LARGEST])
def test_no_file_that_would_be_too_large_to_load(size: int, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    text = "#" * (size - 1) + "\n"
    path.write_text(text)
    with pytest.raises(ValueError, match="larger than the limit of 1 MiB"):
        put_rule(str(path), RULE)
    assert path.read_text() == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a = " + "[" * 100_000, id="deep"),
        pytest.param(".".join("a" * 100_000) + " = 1", id="many parts"),
        pytest.param("a = 1\na = 2", id="twice"),
        pytest.param("[max\n", id="no TOML"),
        pytest.param(f"a = {'9' * 5000}", id="digits"),
        pytest.param("rule = 3", id="no tables"),
    ],
)
def test_a_file_that_cannot_be_read_is_left_alone(text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    assert _put(str(path))
    assert path.read_text() == text
