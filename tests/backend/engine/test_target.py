"""Host names, ssh's command line, and the meaning of ssh's messages."""

import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuimixer.backend.engine.ssh import BadTarget, Target, explain, ssh_command, verb_script
from tuimixer.cli.main import main

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("box", Target("box")),
        ("me@box", Target("box", "me")),
        ("me@box:2222", Target("box", "me", 2222)),
        ("box.example.org:22", Target("box.example.org", "", 22)),
        ("192.168.1.9", Target("192.168.1.9")),
        ("[::1]", Target("::1")),
        ("me@[fe80::1%eth0]:22", Target("fe80::1%eth0", "me", 22)),
        ("first.last@corp.example@box", Target("box", "first.last@corp.example")),
        ("my_pi-4", Target("my_pi-4")),
    ],
)
def test_names_of_boxes(text: str, target: Target) -> None:
    assert Target.parse(text) == target
    assert str(target) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "@box",
        "me@",
        "-oProxyCommand=touch${IFS}x",
        "me@-oProxyCommand=x",
        "-l@box",
        "box;reboot",
        "box reboot",
        "$(reboot)",
        "`reboot`",
        "box\nreboot",
        "box|x",
        "bo'x",
        "me;x@box",
        "m e@box",
        "$x@box",
        "box:",
        "box:0",
        "box:65536",
        "box:22x",
        "box:-1",
        "::1",
        "fe80::1:22",
        "[::1",
        "[box]",
        "[-x]",
        "ssh://box",
        "boх",
        "box\x00",
    ],
)
def test_what_is_no_box(text: str) -> None:
    with pytest.raises(BadTarget) as error:
        Target.parse(text)
    assert str(error.value).startswith("--host ")
    assert str(error.value).isprintable()


@settings(deadline=None)
@given(st.text(max_size=20))
def test_whatever_is_taken_for_a_box_is_no_option_and_no_shell(text: str) -> None:
    try:
        target = Target.parse(text)
    except BadTarget:
        return
    command = ssh_command(target)
    assert command[-3:] == ["--", target.host, "exec /bin/sh"]
    assert not target.host.startswith("-")
    assert not target.user.startswith("-")
    assert shlex.quote(target.host.replace("%", "").replace(":", "")) == target.host.replace("%", "").replace(
        ":", ""
    )


def test_an_ipv6_address_is_named_in_a_hint() -> None:
    with pytest.raises(BadTarget, match=r"in brackets: \[::1\]"):
        Target.parse("::1")


def test_the_command_line_asks_only_when_it_may() -> None:
    target = Target.parse("me@box:2222")
    asking, silent = ssh_command(target), ssh_command(target, ask=False)
    assert set(silent) - set(asking) == {"-oBatchMode=yes"}
    assert "-oClearAllForwardings=yes" in asking
    assert asking[-7:] == ["-p", "2222", "-l", "me", "--", "box", "exec /bin/sh"]


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), max_size=5))
def test_the_script_hands_on_any_arguments(arguments: list[str]) -> None:
    head, _, _ = verb_script(arguments).partition(b"\nPATH=")
    script = head + b"\nfor each; do printf '%s\\0' \"$each\"; done\n"
    said = subprocess.run(["/bin/sh"], input=script, capture_output=True, check=True).stdout
    assert said.split(b"\0")[:-1] == [argument.encode() for argument in arguments]


def test_a_bad_name_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--host=-oProxyCommand=x"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("status", "stderr", "says"),
    [
        (
            255,
            "ssh: Could not resolve hostname box: Name or service not known",
            "There is no host called box.",
        ),
        (255, "ssh: connect to host box port 22: Connection refused", "box refused the connection."),
        (255, "ssh: connect to host box port 22: Connection timed out", "box is not responding."),
        (255, "ssh: connect to host box port 22: No route to host", "box cannot be reached."),
        (255, "me@box: Permission denied (publickey,password).", "box refused the key or the password."),
        (255, "Host key verification failed.", "The host key of box is not known."),
        (
            255,
            "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
            "has changed.",
        ),
        (255, "Timeout, server box not responding.", "The connection to box was lost."),
        (255, "client_loop: send disconnect: Broken pipe", "The connection to box was lost."),
        (255, "", "The connection to box was lost."),
        (255, "Something new\n", "The connection to box was lost: Something new."),
        (127, "tuimixer: not found", "tuimixer was not found on box."),
        (1, "Traceback\nValueError: x", "The engine on box exited (status 1): ValueError: x."),
        (-9, "", "The ssh connection to box was terminated by signal 9."),
    ],
)
def test_what_ssh_says_means(status: int, stderr: str, says: str) -> None:
    reason, _ = explain("box", status, stderr)
    assert reason.endswith(says)
    assert reason.count("\n") == 0
