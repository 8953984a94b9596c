"""Current Debian systems, created by debootstrap and cached; commands run in them on the checkout.

`python -m tests.lab.debian run SUITE COMMAND…` runs a command in the system of a suite, such as "trixie" or
"sid", with its own servers, libraries and Python; `lacks SUITE` prints why this machine cannot, if it cannot.
"""

import ast
import contextlib
import datetime
import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.lab.container import APART, PROGRAMS, ROOT, again_as_root, as_root, enter
from tests.lab.locks import locked
from tests.lab.probes import lacks_mounts, lacks_programs, lacks_root

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tuimixer" / "debian"

PACKAGES = (
    # for the program and its virtual environment
    *("python3", "python3-venv", "python3-dev", "gcc", "libasound2-dev", "libpulse0"),
    # servers and plugins
    *("dbus", "pipewire", "pipewire-pulse", "wireplumber", "pulseaudio", "pulseaudio-utils"),
    *(
        "alsa-utils",
        "caps",
        "libasound2-plugin-equal",
        "libasound2-plugins",
        "mosquitto",
        "mosquitto-clients",
    ),
    # for the tests: pipes, shells, terminals, manual pages, ssh, process tools
    *("fish", "zsh", "tmux", "ncurses-term", "groff-base", "man-db", "openssh-client", "procps", "git"),
    # for a virtual machine with this root
    *("udev", "kmod", "busybox-static", "iproute2"),
)

_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
_CERTIFICATES_INSIDE = "/run/outside.crt"  # not the path of the system's own


def lacks(suite: str) -> str | None:
    """Why this machine cannot create or enter the system of a suite; None if it can."""
    reason = (
        lacks_root()
        or lacks_programs("debootstrap", "wget", "setpriv", "unshare", "mount", "pivot_root")
        or lacks_mounts(as_root(APART))
    )
    if reason or _folder(suite).exists():
        return reason
    if reason := lacks_programs("apt-get", "apt-config"):
        return f"{reason} to find a mirror with"
    if _mirror(suite) is None:
        return f"none of apt's sources is a reachable mirror of Debian {suite}"
    return None


# ---- the system ----


def _folder(suite: str) -> Path:
    """The system's directory: a new one if the packages change, and each week for sid, which changes."""
    week = datetime.date.today().strftime("%G-%V") if suite == "sid" else ""
    key = hashlib.sha256("\n".join((*PACKAGES, week)).encode()).hexdigest()[:12]
    return CACHE / f"{suite}-{key}"


def _mirror(suite: str) -> str | None:
    """The first of apt's own sources that has the suite."""
    command = ["apt-get", "--print-uris", "update"]
    listing = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    addresses: list[str] = []
    for address in re.findall(r"^'(\S+)/dists/\S+/InRelease'", listing, re.MULTILINE):
        if address.startswith("mirror+file:"):
            lines = Path(address.removeprefix("mirror+file:")).read_text().splitlines()
            addresses += [line.split()[0].rstrip("/") for line in lines if line.strip()]
        else:
            addresses.append(address)
    fetch = ["wget", "-q", "--timeout=20", "--tries=2", "-O", "/dev/null"]
    for address in dict.fromkeys(addresses):
        if subprocess.run([*fetch, f"{address}/dists/{suite}/InRelease"]).returncode == 0:
            return address
    return None


@contextlib.contextmanager
def system(suite: str) -> Iterator[Path]:
    """The directory of the suite's system, created if necessary, and protected from removal meanwhile."""
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = _folder(suite)
    with (CACHE / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        if not folder.exists():
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                _remove_former(suite)
                _make(suite, folder)
            fcntl.flock(lock, fcntl.LOCK_SH)
        yield folder


def _remove_former(suite: str) -> None:
    """Remove systems with other packages or of other weeks, unless in use."""
    for path in CACHE.glob(f"{suite}-*.lock"):
        with path.open("w") as lock, contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(CACHE / path.stem, ignore_errors=True)


def _make(suite: str, folder: Path) -> None:
    mirror = _mirror(suite)
    if mirror is None:
        raise SystemExit(f"debian: {lacks(suite)}")
    log = CACHE / f"{suite}.log"
    print(f"debian: creating Debian {suite} (some minutes, once); see {log}", file=sys.stderr, flush=True)
    making = CACHE / f"{folder.name}.making"
    shutil.rmtree(making, ignore_errors=True)  # left by a killed run
    making.mkdir()
    try:
        with log.open("w") as output:
            arguments = ["--variant=minbase", suite, str(making), mirror]
            bootstrap = [*APART, "debootstrap", *arguments]
            subprocess.run(bootstrap, stdout=output, stderr=subprocess.STDOUT, check=True)
            (making / "etc/dpkg/dpkg.cfg.d/fast").write_text("force-unsafe-io\n")
            (making / "etc/apt/apt.conf.d/90outside").write_text(_apt_network())
            apt = "apt-get -q -o Dpkg::Use-Pty=0 -y --no-install-recommends"
            # The second round finishes what the first one left half configured, as happens in sid.
            script = f"{apt} update && {{ {apt} install {' '.join(PACKAGES)} || {apt} -f install; }} &&"
            script += f'{apt} -f install && apt-get clean && test -z "$(dpkg --audit)"'
            quiet = {"DEBIAN_FRONTEND": "noninteractive"}
            install = enter(making, ["sh", "-c", script], quiet, _network())
            subprocess.run(install, stdout=output, stderr=subprocess.STDOUT, check=True)
        making.rename(folder)
    except subprocess.CalledProcessError:
        last = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        raise SystemExit(f"debian: {suite} could not be created; the last lines of {log}:\n{last}") from None
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _apt_network() -> str:
    """This machine's apt settings for reaching its mirrors and for checking their dates."""
    listing = subprocess.run(["apt-config", "dump"], stdout=subprocess.PIPE, text=True, check=True).stdout
    lines = re.findall(r"^Acquire::(?:https?::|Check-).*\n", listing, re.MULTILINE)
    return "".join([*lines, f'Acquire::https::CaInfo "{_CERTIFICATES_INSIDE}";\n'])


def _network() -> dict[str, str]:
    """Files of this machine needed to reach mirrors and registries, by their path in the system."""
    files = {name: name for name in ("/etc/resolv.conf", "/etc/hosts")}
    files[_CERTIFICATES_INSIDE] = _CERTIFICATES
    return {seen: file for seen, file in files.items() if Path(file).exists()}


# ---- commands in it ----


def environment(folder: Path) -> str:
    """Path in the system of the virtual environment for this checkout, created if necessary."""
    lock = "tests/requirements.lock"
    parts = [(ROOT / name).read_bytes() for name in ("pyproject.toml", lock)]
    inside = f"/opt/tuimixer/{hashlib.sha256(b''.join(parts)).hexdigest()[:12]}"
    complete = folder / inside.lstrip("/") / "complete"
    with locked(folder / "opt/environments.lock"):
        if not complete.exists():
            print("debian: creating the virtual environment", file=sys.stderr, flush=True)
            pip = f"{inside}/bin/python -m pip install -q --disable-pip-version-check --no-build-isolation"
            script = f"rm -rf {inside} && python3 -m venv {inside} && "
            script += f"{pip} 'pip>=26' 'hatchling>=1.25' editables 'setuptools>=70.1' && "
            script += f"{pip} --require-hashes -r {lock} && {pip} --no-deps -e . && touch {inside}/complete"
            variables, paths = pip_settings()
            subprocess.run(enter(folder, ["sh", "-c", script], variables, _network() | paths), check=True)
        complete.touch()
        _remove_unused(complete.parents[1])
    return inside


def _remove_unused(environments: Path) -> None:
    """Remove virtual environments not used for two weeks."""
    for environment in environments.iterdir():
        used = environment / "complete"
        if not used.exists() or used.stat().st_mtime < time.time() - 14 * 24 * 3600:
            shutil.rmtree(environment)


def pip_settings() -> tuple[dict[str, str], dict[str, str]]:
    """This machine's pip configuration, as variables, and the local files that it refers to."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listing = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    variables, paths = {"PIP_CERT": _CERTIFICATES_INSIDE}, {}
    settings = re.findall(r"^(.+)\.([\w-]+)=('.*'|\".*\")$", listing, re.MULTILINE)
    # The environment takes precedence, as in pip itself.
    for _, name, text in sorted(settings, key=lambda setting: setting[0] == ":env:"):
        value = str(ast.literal_eval(text))
        variables[f"PIP_{name.upper().replace('-', '_')}"] = value
        for word in value.split():
            path = Path(word.removeprefix("file://"))
            if path.is_absolute() and path.exists():
                # The pages of an index link to files next to them.
                seen = str(path.parent if word.startswith("file://") else path)
                paths[seen] = seen
    return variables, paths


def run(suite: str, command: Sequence[str]) -> int:
    """Run a command on the checkout in the system, with its virtual environment in PATH."""
    with system(suite) as folder:
        path = {"PATH": f"{environment(folder)}/bin:{PROGRAMS}"}
        return subprocess.run(enter(folder, command, path)).returncode


def main() -> int:
    """See the module's text."""
    # Exit normally, so that whatever runs in the system is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("debian: ended by a signal"))
    match sys.argv[1:]:
        case ["lacks", suite]:
            print(lacks(suite) or "", end="")
            return 0
        case ["run", _, _, *_] if os.geteuid() != 0:
            return again_as_root("tests.lab.debian", sys.argv[1:])
        case ["run", suite, *command] if command:
            return run(suite, command)
    print("usage: python -m tests.lab.debian lacks SUITE | run SUITE COMMAND…", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
