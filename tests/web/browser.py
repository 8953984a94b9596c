"""A headless Chromium, driven through chromedriver by the W3C WebDriver protocol."""

import base64
import json
import shutil
import subprocess
import tempfile
import urllib.request
from pathlib import Path
from typing import Any, Self

from tests.lab.waiting import DEADLINE, wait_until

_OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1000,640",
]
_KEYS = {"Up": "\ue013", "Down": "\ue015", "Left": "\ue012", "Right": "\ue014", "Escape": "\ue00c"}


class Browser:
    """One window; use it with `with`."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="tuimixer-browser-")
        self._driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._base = ""
        self._session = ""

    def __enter__(self) -> Self:
        assert self._driver.stdout is not None
        for line in self._driver.stdout:
            if "started successfully on port" in line:
                self._base = f"http://127.0.0.1:{line.rstrip().rstrip('.').rsplit(' ', 1)[1]}"
                break
        options = {"args": [*_OPTIONS, f"--user-data-dir={self._folder}"]}
        answer = self._ask(
            "POST", "/session", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
        )
        self._session = f"/session/{answer['sessionId']}"
        return self

    def __exit__(self, *_: object) -> None:
        if self._session:
            self._ask("DELETE", self._session)
        self._driver.kill()
        self._driver.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def open(self, address: str) -> None:
        """Open an address and wait until the page has loaded."""
        self._ask("POST", f"{self._session}/url", {"url": address})

    def run(self, script: str) -> Any:
        """The value of a piece of JavaScript."""
        return self._ask("POST", f"{self._session}/execute/sync", {"script": script, "args": []})

    def wait_for(self, script: str, what: str) -> None:
        """Wait until a piece of JavaScript is true."""
        wait_until(lambda: self.run(script), what)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other: characters, or Up, Down, Left, Right, Escape."""
        steps = []
        for key in keys:
            value = _KEYS.get(key, key)
            steps += [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
        actions = [{"type": "key", "id": "keyboard", "actions": steps}]
        self._ask("POST", f"{self._session}/actions", {"actions": actions})

    def picture(self, path: Path) -> None:
        """Save what the window shows as a PNG."""
        path.write_bytes(base64.b64decode(self._ask("GET", f"{self._session}/screenshot")))

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self._base + path, data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
            return json.load(answer)["value"]
