"""tuimixer's verbs in another process, on the server of a test."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any


def tuimixer(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run `tuimixer ARGUMENTS` without a configuration file."""
    return subprocess.run(
        [sys.executable, "-m", "tuimixer", *arguments, "--no-config"],
        env=dict(os.environ if env is None else env),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def path_of(name: str, env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What `tuimixer path NAME --json` prints about the only path."""
    done = tuimixer("path", name, "--json", env=env)
    assert done.returncode == 0, done.stderr
    value = json.loads(done.stdout)
    assert isinstance(value, dict), value
    return value


def findings(*arguments: str, env: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """What `tuimixer doctor --json` prints; the exit status reports whether it includes a fault."""
    done = tuimixer("doctor", "--json", *arguments, env=env)
    assert done.returncode in (0, 1), done.stderr
    listed: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    assert done.returncode == any(finding["fault"] for finding in listed), done.stdout
    return listed
