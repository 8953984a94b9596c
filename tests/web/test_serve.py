"""`tuimixer serve`: the mixer in a browser, for anyone who knows the address and nobody else."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.lab.pulse import PrivatePulse
from tests.lab.waiting import DEADLINE, wait_until
from tests.web.browser import Browser
from tests.web.serving import TUIMIXER, alive, serving

pytestmark = pytest.mark.web


def test_a_fader_moves_from_a_browser(pulse: PrivatePulse, tmp_path: Path) -> None:
    player = pulse.play("Firefox", volume=50, silent=True)
    with serving(pulse.env) as served, Browser() as browser:
        browser.open(served.address)
        browser.wait_for("return document.body.classList.contains('-first-byte')", "the screen's first bytes")
        browser.wait_for(
            "return !!document.querySelector('.xterm-helper-textarea')", "the terminal in the page"
        )
        browser.run("document.querySelector('.xterm-helper-textarea').focus()")

        def pressed() -> bool:
            browser.press("G", "Right")
            return max(pulse.percents("sink-inputs", player.index)) > 50

        pulse.wait_for(pressed, "the stream to get louder")
        browser.picture(tmp_path / "browser.png")
        assert (tmp_path / "browser.png").stat().st_size > 5000
        family = served.family()
        assert len(family) == 2  # a screen and its engine
        served.process.terminate()
        assert served.process.wait(DEADLINE) == 0
        wait_until(lambda: not any(map(alive, family)), "the screen and its engine to end")


def test_without_the_secret_there_is_nothing(pulse: PrivatePulse) -> None:
    with serving(pulse.env) as served:
        secret = served.secret
        assert served.ask(f"/{secret}/")[0] == 200
        for path in (
            "/",
            "/ws",
            "/static/js/textual.js",
            "/wrong/",
            "/wrong/ws",
            f"/{secret[:-1]}/",
            f"/{secret[:-1]}/ws",
        ):
            assert served.ask(path) == (404, b""), path
        # Another user of the machine sees the arguments of all processes, and must not find it there.
        assert secret.encode() not in Path(f"/proc/{served.process.pid}/cmdline").read_bytes()
        with serving(pulse.env) as other:
            assert other.secret != secret


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")
def test_another_user_of_the_box_gets_nothing(pulse: PrivatePulse) -> None:
    with serving(pulse.env) as served:
        address = f"http://127.0.0.1:{served.port}/"
        script = f"import urllib.request; print(urllib.request.urlopen({address!r}).status)"
        as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        got = subprocess.run(
            [*as_nobody, "/usr/bin/python3", "-c", script], capture_output=True, text=True, check=False
        )
        assert "404" in got.stderr
        for name in ("environ", "fd/1"):
            peek = subprocess.run(
                [*as_nobody, "cat", f"/proc/{served.process.pid}/{name}"], capture_output=True, check=False
            )
            assert peek.returncode != 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--port", "banana"], '"banana" is not a port number; use a number from 0 to 65535.'),
        (["--port", "9" * 5000], " is not a port number; use a number from 0 to 65535."),
        (["--bind", "a" * 70], "not a valid host name."),
        (["--bind", "no.such.host.invalid"], 'cannot listen on "no.such.host.invalid", port 0: '),
        (["--port", "70000"], '"70000" is not a port number; use a number from 0 to 65535.'),
        (["--bind", "192.0.2.1"], 'cannot listen on "192.0.2.1", port 0: Cannot assign requested address.'),
        (["extra"], ""),
    ],
)
def test_wrong_words(options: list[str], sentence: str, pulse: PrivatePulse) -> None:
    done = subprocess.run(
        [TUIMIXER, "serve", *options],
        env=pulse.env,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("tuimixer: ")
    assert done.stderr.count("\n") == 1
    assert sentence in done.stderr
