"""`tuimixer --host` as used interactively, on machines with their own sound servers."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.backend.engine.sshd import Box
from tests.backend.engine.users import User
from tests.lab.waiting import wait_until
from tests.pty.person import PATIENT, PROGRAM, Person, state_of
from tests.pty.starting import Starting

pytestmark = [
    pytest.mark.ssh,
    pytest.mark.usefixtures("home"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make users"),
]


def sit_down(*words: str) -> Person:
    """A local user, whose environment leads to the machines."""
    return Person(os.environ, "--layout", "rows", *words, columns=120, program=PATIENT)


def ssh_of(person: Person) -> list[int]:
    """Process ids of the ssh clients that the screen has started."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(person.terminal.process.pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(pid) for pid in found.stdout.split()]


def test_one_box_is_mixed_and_nothing_is_left_on_it(box: Box, users: list[User]) -> None:
    ann = users[0]
    with sit_down("--host", box.target_of(ann.name)) as person:
        person.sees("kitchen", "PulseAudio", "100%")
        person.choose("kitchen")
        person.press("Left")
        person.waits_for(lambda: " 99%" in ann.volume("kitchen"), "the volume on the box")
        person.sees_percent("kitchen", 99)
        person.press("F10")
        assert person.terminal.wait() == 0
        person.waits_for(person.in_order, "the terminal to be in order")
    box.await_nothing_left()


def test_the_first_picture_comes_before_textual(box: Box, users: list[User], tmp_path: Path) -> None:
    ann = users[0]
    with Starting(tmp_path, os.environ, "--layout", "rows", "--host", box.target_of(ann.name)) as person:
        person.sees("kitchen", "100%")
        person.press("Left", "Left")
        person.lets_it_go_on()
        person.waits_for(lambda: " 98%" in ann.volume("kitchen"), "the keys that were typed before")
        person.leaves()


def test_the_screen_is_told_whose_server_root_has_taken(box: Box, users: list[User]) -> None:
    with sit_down("--host", box.target_of("root")) as person:
        person.sees("kitchen", f"of {users[0].name}")


def test_the_configuration_s_server_stays_here(box: Box, users: list[User], home: Path) -> None:
    file = home / "config.toml"
    file.write_text('server = "unix:/nonexistent/native"\n')
    ann, bob, _ = users
    with sit_down("--config", str(file), "--host", box.target_of(ann.name)) as person:
        person.sees("kitchen")
    with sit_down("--server", bob.address, "--host", box.target_of("root")) as person:
        person.sees("cellar")


def test_two_boxes_in_one_screen(box: Box, users: list[User]) -> None:
    ann, bob, _ = users
    hosts = [box.target_of(user.name) for user in (ann, bob)]
    with sit_down("--host", hosts[0], "--host", hosts[1]) as person:
        person.sees("kitchen")
        person.press("F6")
        person.sees("Host", *hosts)
        person.press("End", "Enter")
        person.sees("cellar")
        person.choose("cellar")
        person.press("Left")
        person.waits_for(lambda: " 99%" in bob.volume("cellar"), "the volume in the cellar")
        assert " 100%" in ann.volume("kitchen")
        # The other machine continues meanwhile.
        ann.run("pactl", "set-sink-volume", "kitchen", "25%")
        person.press("F6")
        person.sees("Host", *hosts)
        person.press("End", "Up", "Enter")
        person.sees_percent("kitchen", 25)
        person.press("F10")
        assert person.terminal.wait() == 0
    box.await_nothing_left()


def test_a_password_is_asked_for_before_the_screen(box: Box, users: list[User]) -> None:
    ann = users[0]
    subprocess.run(["chpasswd"], input=f"{ann.name}:open sesame", text=True, check=True)
    box.configure_client(key="other_key")
    with sit_down("--host", box.target_of(ann.name)) as person:
        person.sees("password:")
        person.terminal.send("wrong\n")
        # ssh discards what is typed before it asks again.
        person.terminal.wait_for(lambda screen: screen.count("password:") == 2)
        person.sees("Permission denied, please try again.")
        person.terminal.send("open sesame\n")
        person.sees("kitchen", "100%")
        assert "sesame" not in person.terminal.screen()
    box.await_nothing_left()


def test_a_cut_line_is_taken_up_again(box: Box, users: list[User]) -> None:
    ann = users[0]
    with sit_down("--host", box.target_of(ann.name)) as person:
        person.sees("kitchen")
        person.choose("kitchen")
        [ssh] = ssh_of(person)
        os.kill(ssh, signal.SIGKILL)
        person.press("Left", "Left")
        person.waits_for(lambda: " 98%" in ann.volume("kitchen"), "the steps that waited")
        person.sees_percent("kitchen", 98)
        assert ssh_of(person) != [ssh]


def test_a_line_that_is_stopped_is_told(box: Box, users: list[User]) -> None:
    ann = users[0]
    with sit_down("--host", box.target_of(ann.name)) as person:
        person.sees("kitchen")
        person.choose("kitchen")
        [ssh] = ssh_of(person)
        os.kill(ssh, signal.SIGSTOP)
        person.press("Left")
        # Not always exactly five: a busy machine looks later.
        person.terminal.wait_for(lambda screen: re.search("has not responded for [5-9] seconds", screen))
        os.kill(ssh, signal.SIGCONT)
        person.waits_for(lambda: " 99%" in ann.volume("kitchen"), "the step that waited")
        person.sees_no_more("has not responded")
        assert ssh_of(person) == [ssh]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_however_the_screen_ends_nothing_is_left_on_the_box(
    box: Box, users: list[User], number: signal.Signals
) -> None:
    with sit_down("--host", box.target_of(users[0].name)) as person:
        person.sees("kitchen")
        clients = ssh_of(person)
        assert box.engines()
        person.terminal.signal(number)
        person.terminal.wait()
        wait_until(lambda: not any(map(state_of, clients)), "the ssh clients to end")
        box.await_nothing_left()


def test_a_box_that_cannot_be_reached_is_one_sentence(box: Box) -> None:
    with sit_down("--host", "127.0.0.1:1") as person:
        assert person.terminal.wait() == 3
        person.sees("tuimixer: 127.0.0.1:1 refused the connection. Is its ssh server running?")
        person.waits_for(person.in_order, "the terminal to be in order")


def test_verbs_on_two_boxes(box: Box, users: list[User]) -> None:
    ann, bob, _ = users
    hosts = [word for user in (ann, bob) for word in ("--host", box.target_of(user.name))]
    words = [*PROGRAM, "set", *hosts, "@output", "40%"]
    assert subprocess.run(words, stdin=subprocess.DEVNULL, check=False).returncode == 0
    assert " 40%" in ann.volume("kitchen")
    assert " 40%" in bob.volume("cellar")
    box.await_nothing_left()
