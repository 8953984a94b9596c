"""Real sound cards: a Debian kernel in QEMU with this machine's own root file system, by virtme-ng.

`python -m tests.lab.vm test [ARGS]` boots once and runs the tests of the lane vm in there; `lacks`
prints why it cannot, if so. Where KVM works it is used; else the processor is emulated, ten times slower.
"""

import compileall
import os
import re
import selectors
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.lab import kvm

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tuimixer" / "kernel"
MODULES = Path("/lib/modules")

CARDS = (
    "-device intel-hda -device hda-duplex,audiodev=a0",
    "-device AC97,audiodev=chip",
    "-device ES1370,audiodev=a0",
    "-device qemu-xhci -device usb-audio,audiodev=a0",
)

# Nothing that a mixer needs; each costs start-up time under emulation.
_UNWANTED_MODULES = (
    "kvm,kvm_amd,kvm_intel,ahci,sr_mod,aesni_intel,ghash_clmulni_intel,psmouse,evdev,joydev,pcspkr,"
    "iTCO_wdt,i6300esb,i2c_i801,lpc_ich,acpi_cpufreq,powernow_k8,bochs,cirrus,e1000,e1000e"
)

# What writes the chip's sound to a file cannot record, and QEMU says so at each reset.
_RECORDING = re.compile(rb"audio: Failed to create voice `[^\n]*\n?")

# virtme-ng's own 9p mounts do not cache, and an import of pytest takes 20 s there; through a second share
# that may cache (nobody changes the files meanwhile) it takes 6 s.
_GUEST = """\
exec 2>&1
set -e
mkdir -p /run/host /run/checkout/upper /run/checkout/work /run/chip
mount -t 9p -o ro,version=9p2000.L,trans=virtio,access=any,msize=512000,cache=loose host /run/host
mount --bind /run/host/usr /usr
case {prefix} in /usr) ;; *) mount --bind /run/host{prefix} {prefix} ;; esac
layers=lowerdir=/run/host{root},upperdir=/run/checkout/upper,workdir=/run/checkout/work
mount -t overlay -o $layers overlay {root}
# QEMU goes on writing to it: nothing may be cached.
mount -t 9p -o ro,version=9p2000.L,trans=virtio,access=any,cache=none chip /run/chip
cd {root}
export HOME=/root LC_ALL=C.UTF-8 TUIMIXER_GUEST=1
export PATH={root}/.venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
modprobe -a snd-dummy snd-aloop snd-mixer-oss snd-pcm-oss
udevadm settle
{command}
"""


def lacks() -> str | None:
    """Why this machine cannot boot the virtual machine, or None when it can."""
    for program in ("qemu-system-x86_64", "busybox", "udevadm", "depmod", "mount"):
        if not shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin"):
            return f"no {program}"
    if not _vng().exists():
        return "no virtme-ng in the virtual environment"
    if not any(CACHE.glob("boot/vmlinuz-*")) and not shutil.which("apt-get"):
        return "no apt-get to fetch a kernel with"
    return None


def _vng() -> Path:
    return Path(sys.executable).parent / "vng"


def _as_root(*command: str) -> None:
    subprocess.run([*(() if os.geteuid() == 0 else ("sudo", "-n")), *command], check=True)


def _fetch() -> None:
    """Unpack the distribution's kernel into the cache; what is there stays if that fails."""
    meta = "linux-image-amd64" if not Path("/etc/lsb-release").exists() else "linux-image-generic"
    listing = subprocess.run(
        ["apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", meta],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    pattern = r"^(linux-(?:image|modules|modules-extra)-[0-9][^\s:]*)(?<!-unsigned)$"
    packages = sorted(set(re.findall(pattern, listing, re.MULTILINE)))
    CACHE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE.parent) as folder:
        print(f"vm: fetching {' '.join(packages)}", flush=True)
        subprocess.run(
            ["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", *packages], cwd=folder, check=True
        )
        unpacked = Path(folder) / "unpacked"
        for package in Path(folder).glob("*.deb"):
            subprocess.run(["dpkg", "-x", str(package), str(unpacked)], check=True)
        shutil.rmtree(CACHE, ignore_errors=True)
        unpacked.rename(CACHE)


def kernel() -> Path:
    """The kernel image to boot, fetched if need be, with its modules where the guest looks for them."""
    if not any(CACHE.glob("boot/vmlinuz-*")):
        _fetch()
    image = sorted(CACHE.glob("boot/vmlinuz-*"))[-1]
    version = image.name.removeprefix("vmlinuz-")
    if not (MODULES / version / "modules.dep.bin").exists():
        unpacked = next(
            folder for folder in (CACHE / "lib", CACHE / "usr/lib") if (folder / "modules").exists()
        )
        _as_root("mkdir", "-p", str(MODULES))
        _as_root("cp", "-a", str(unpacked / "modules" / version), str(MODULES))
        _as_root("/sbin/depmod", version)
    return image


def boot(command: str, *, timeout: float = 900, stream: bool = False) -> subprocess.CompletedProcess[str]:
    """Boot, run a shell command as root in the checkout, and return its exit status and its output.

    The output is stdout and stderr in one. The guest has all four cards, snd-dummy, snd-aloop and the OSS
    devices, and reads in /run/chip what leaves the AC97 card's chip (see chip.py). What it writes is lost at
    its end. Raises TimeoutExpired, with the output so far, after `timeout` seconds.
    """
    accelerated = kvm.works(_boots_under_kvm)
    # What the guest compiles is lost with it, and costs it seconds at every boot.
    compileall.compile_dir(ROOT / "tuimixer", quiet=2)
    with tempfile.TemporaryDirectory(prefix="tuimixer-vm-", dir="/tmp") as folder:
        script, chip = Path(folder) / "guest.sh", Path(folder) / "chip"
        chip.mkdir()
        prefix = sys.base_prefix
        script.write_text(
            _GUEST.format(root=shlex.quote(str(ROOT)), prefix=shlex.quote(prefix), command=command)
        )
        return _follow(_start(f"sh {script}", chip, timeout, accelerated), timeout, stream)


def _boots_under_kvm() -> bool:
    with tempfile.TemporaryDirectory(prefix="tuimixer-vm-", dir="/tmp") as folder:
        try:
            done = _follow(_start("true", Path(folder), kvm.PATIENCE, True), kvm.PATIENCE, stream=False)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def _start(command: str, chip: Path, timeout: float, accelerated: bool) -> subprocess.Popen[bytes]:
    """Start the machine; its output can be read from the process's stdout.

    chip: folder for what leaves the AC97 card's chip.
    """
    options = [
        "-audiodev none,id=a0",
        f"-audiodev wav,id=chip,path={chip}/chip.wav",
        *CARDS,
        "-fsdev local,id=host,path=/,security_model=none,readonly=on,multidevs=remap",
        "-device virtio-9p-pci,fsdev=host,mount_tag=host",
        f"-fsdev local,id=chip,path={chip},security_model=none,readonly=on,multidevs=remap",
        "-device virtio-9p-pci,fsdev=chip,mount_tag=chip",
    ]
    vng = [str(_vng()), "-r", str(kernel()), "--disable-microvm", "--cpus", "2", "--memory", "2G"]
    vng += [] if accelerated else ["--disable-kvm"]
    vng += ["--user", "root", "--cwd", "/", "--append", "mitigations=off"]
    vng += ["--append", f"module_blacklist={_UNWANTED_MODULES}", f"--qemu-opts={' '.join(options)}"]
    return subprocess.Popen(
        # timeout(1) ends the machine even when this process was killed before it could.
        ["timeout", "--kill-after=5", str(timeout + 10), *vng, "--", *shlex.split(command)],
        env=os.environ | {"PATH": f"{_vng().parent}:{os.environ['PATH']}:/usr/sbin:/sbin"},
        stdin=subprocess.DEVNULL,
        # Never files: the guest's console would write over their beginnings.
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _follow(
    machine: subprocess.Popen[bytes], timeout: float, stream: bool
) -> subprocess.CompletedProcess[str]:
    """Read what the guest prints until its end; what QEMU itself says is added where it ended badly."""
    assert machine.stdout is not None
    assert machine.stderr is not None
    output, errors = bytearray(), bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(machine.stdout, selectors.EVENT_READ, output)
        selector.register(machine.stderr, selectors.EVENT_READ, errors)
        end = time.monotonic() + timeout
        try:
            while selector.get_map():
                ready = selector.select(max(0, end - time.monotonic()))
                if not ready:
                    raise subprocess.TimeoutExpired(machine.args, timeout, bytes(output + errors))
                for key, _ in ready:
                    data = os.read(key.fd, 65536)
                    if not data:
                        selector.unregister(key.fileobj)
                    key.data.extend(data)
                    if stream and key.data is output:
                        sys.stdout.buffer.write(data)
                        sys.stdout.buffer.flush()
            status = machine.wait()
        finally:
            if machine.poll() is None:
                os.killpg(machine.pid, signal.SIGKILL)
                machine.wait()
            machine.stdout.close()
            machine.stderr.close()
    if status and (told := _RECORDING.sub(b"", errors)):
        output += told
        if stream:
            print(told.decode(errors="replace"), flush=True)
    return subprocess.CompletedProcess(machine.args, status, output.decode(errors="replace"))


def guest_test_files() -> list[str]:
    """The test files for the machine; only those are collected in there, for every import is slow.

    Those about the machine come first, and last those with sound servers, which leave softvols on its cards.
    """
    files = []
    for path in (ROOT / "tests").rglob("test_*.py"):
        text = path.read_text()
        if re.search(r"\bmark\.vm\b", text):
            with_server = re.search(r"\bguest: Guest\b", text) is not None
            files.append((with_server, path.parent.name != "lab", str(path.relative_to(ROOT))))
    return [name for *_, name in sorted(files)]


def run_tests(arguments: Sequence[str]) -> int:
    """Boot once and run all tests for the machine; the exit status is pytest's."""
    # Plug-ins are named: loading the one for snapshots would import Textual, which takes 9 s in there.
    pytest = ["python", "-m", "pytest", "-p", "pytest_asyncio.plugin", "-p", "no:cacheprovider", "--color=no"]
    named = any(".py" in argument for argument in arguments)
    files = [] if named else guest_test_files()
    command = shlex.join([*pytest, "-m", "vm", *arguments, *files])
    # What pytest compiles in the guest is lost with it.
    alone = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    collect = [sys.executable, *pytest[1:], "--collect-only", "-qq", *files]
    subprocess.run(collect, cwd=ROOT, env=alone, stdout=subprocess.DEVNULL, check=False)
    start = time.monotonic()
    times = r"""printf 'vm: %s s from power-on to the tests\n' "$(cut -d' ' -f1 /proc/uptime)";"""
    done = boot(f"{times} PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 {command}", stream=True, timeout=4500)
    print(f"vm: {time.monotonic() - start:.0f} s in all", flush=True)
    return done.returncode


def main() -> int:
    """See the module's text."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # not without ending the machine
    match sys.argv[1:]:
        case ["lacks"]:
            print(lacks() or "", end="")
            return 0
        case ["test", *arguments]:
            return run_tests(arguments)
        case ["run", command]:
            return boot(command, stream=True).returncode
    print(
        "usage: python -m tests.lab.vm lacks | test [PYTEST-ARGS] | run COMMAND",
        file=sys.stderr,
    )
    return 2


if __name__ == "__main__":
    sys.exit(main())
