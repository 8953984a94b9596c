"""Runs commands in another root directory, on the checkout, in mount and PID namespaces of their own."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

CHECKOUT = "/checkout"
"""Path of the checkout in the system; changes to it are discarded when the command ends."""

PROGRAMS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""The system's own PATH."""

KEPT = ("TERM", "COLORTERM", "CI", "http_proxy", "https_proxy", "no_proxy")
"""Variables that a command in the system inherits."""

APART = ("setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child")
"""Runs a command in mount and PID namespaces of its own, which end with this process in any case."""

# $1 is the system's root, followed by pairs SOURCE TARGET to mount in it, then `--` and a command. The root
# is entered with pivot_root, as a chroot does not allow user namespaces. The shell stays as the parent of
# orphans; all mounts and processes end with it.
_INSIDE = """\
set -e
root=$1; shift
mount --bind "$root" "$root"
for tree in sys dev; do mount --rbind "/$tree" "$root/$tree"; done
mount -t proc proc "$root/proc"
for folder in run tmp; do mount -t tmpfs -o mode=1777 tmpfs "$root/$folder"; done
mkdir -p -m 700 "$root/run/user/0"
while [ "$1" != -- ]; do
  target=$root$2
  if [ -d "$1" ]; then mkdir -p "$target"; else mkdir -p "${target%/*}"; [ -e "$target" ] || : >"$target"; fi
  mount --bind -o ro "$1" "$target"
  shift 2
done
shift
mkdir -p "$root/run/layers/upper" "$root/run/layers/work" "$root$CHECKOUT"
layers="lowerdir=$SOURCE,upperdir=$root/run/layers/upper,workdir=$root/run/layers/work"
mount -t overlay -o "$layers" overlay "$root$CHECKOUT"
cd "$root"
pivot_root . mnt
cd "$CHECKOUT"
umount -l /mnt
/usr/bin/env -i "$@"
"""


def enter(
    folder: Path,
    command: Sequence[str],
    variables: Mapping[str, str] | None = None,
    outside: Mapping[str, str] | None = None,
) -> list[str]:
    """The command line that runs `command` as root in the system in `folder`.

    `variables` are added to its environment, which is not this process's. `outside` maps paths
    in the system to the files and directories of this machine that are mounted there read-only.
    """
    env = {name: os.environ[name] for name in KEPT if name in os.environ}
    env |= {"HOME": "/root", "LC_ALL": "C.UTF-8", "XDG_RUNTIME_DIR": "/run/user/0", "PATH": PROGRAMS}
    env |= variables or {}
    settings = [f"{name}={value}" for name, value in env.items()]
    pairs = [text for seen, file in (outside or {}).items() for text in (os.path.realpath(file), seen)]
    script = ["env", f"SOURCE={ROOT}", f"CHECKOUT={CHECKOUT}", "sh", "-c", _INSIDE, "sh"]
    return [*APART, *script, str(folder), *pairs, "--", *settings, *command]


def as_root(command: Sequence[str]) -> list[str]:
    """The command line that runs a command as root, with sudo if necessary."""
    return [*(() if os.geteuid() == 0 else ("sudo", "-n")), *command]


def again_as_root(module: str, arguments: Sequence[str]) -> int:
    """Run a module of the lab as root, with this user's home and cache; returns its exit status."""
    kept = [f"{name}={os.environ[name]}" for name in (*KEPT, "HOME", "XDG_CACHE_HOME") if name in os.environ]
    command = as_root(["env", *kept, sys.executable, "-m", module, *arguments])
    return subprocess.run(command, cwd=ROOT).returncode
