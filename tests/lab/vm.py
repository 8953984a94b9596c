"""Real sound cards: a Debian kernel in QEMU with this machine's root file system, using virtme-ng.

`python -m tests.lab.vm test [ARGS]` boots once and runs the tests of the lane vm in it; `test-in SUITE`
those with sound servers, with the root of a Debian of that suite (see debian.py); `lacks` prints why this
is not possible, if so. If KVM works it is used; otherwise the processor is emulated, ten times slower.
"""

import compileall
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.lab import container, debian, kernel, kvm
from tests.lab.container import CHECKOUT, PROGRAMS, ROOT, enter
from tests.lab.guest_output import explain, follow
from tests.lab.probes import lacks_programs

CARDS = (
    "-device intel-hda -device hda-duplex,audiodev=a0",
    "-device AC97,audiodev=chip",
    "-device ES1370,audiodev=a0",
    "-device qemu-xhci -device usb-audio,audiodev=a0",
)

# virtme-ng's six serial devices have 31 ports each, with which QEMU's main loop polls 800 descriptors. With
# fewer ports, and without descriptors for the guest's notifications, which pay only with KVM, QEMU takes a
# quarter less processor time.
_FEW_DESCRIPTORS = (
    "-global virtio-serial-pci.max_ports=2",
    "-global virtio-serial-pci.ioeventfd=off",
    "-global virtio-9p-pci.ioeventfd=off",
)

# Not needed by a mixer, and each costs startup time under emulation.
_UNWANTED_MODULES = (
    "kvm,kvm_amd,kvm_intel,ahci,sr_mod,aesni_intel,ghash_clmulni_intel,psmouse,evdev,joydev,pcspkr,"
    "iTCO_wdt,i6300esb,i2c_i801,lpc_ich,acpi_cpufreq,powernow_k8,bochs,cirrus,e1000,e1000e"
)

# Nothing may be cached, as QEMU is writing to it.
_BEGIN = (
    "mkdir -p /run/chip"
    " && mount -t 9p -o ro,version=9p2000.L,trans=virtio,access=any,cache=none chip /run/chip"
    " && exec sh /run/chip/guest.sh"
)

# virtme-ng's own 9p mounts are not cached, so importing pytest takes 20 s; through a second, cached share
# (nothing changes the files meanwhile) it takes 6 s.
_GUEST = """\
exec 2>&1
set -e
mkdir -p /run/host /run/checkout/lower /run/checkout/upper /run/checkout/work
share="mount -t 9p -o ro,version=9p2000.L,trans=virtio,access=any,msize=512000"
$share,cache=loose host /run/host
$share,cache=loose checkout /run/checkout/lower
mount --bind /run/host/usr /usr
case {prefix} in /usr) ;; *) mount --bind /run/host{prefix} {prefix} ;; esac
layers=lowerdir=/run/checkout/lower,upperdir=/run/checkout/upper,workdir=/run/checkout/work
mount -t overlay -o $layers overlay {checkout}
cd {checkout}
export HOME=/root LC_ALL=C.UTF-8 TUIMIXER_GUEST=1
export PYTHONPYCACHEPREFIX={bytecode}
export PATH={programs}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
modprobe -a snd-dummy snd-aloop snd-mixer-oss snd-pcm-oss
udevadm settle
echo 1 > /sys/devices/system/cpu/cpu1/online
{command}
"""


@dataclass(frozen=True)
class System:
    """A root file system to boot with, and this checkout in it."""

    folder: Path
    """Its root directory on this machine."""
    checkout: str
    """Path of the checkout inside."""
    prefix: str
    """Prefix of its Python inside."""
    programs: str
    """Path of the virtual environment's programs inside."""
    bytecode: str = ""
    """Path of compiled modules inside, if not next to the sources."""


HOST = System(Path("/"), str(ROOT), sys.base_prefix, f"{ROOT}/.venv/bin")


def debian_system(folder: Path) -> System:
    """The Debian in `folder`, created by debian.system()."""
    environment = debian.environment(folder)
    return System(folder, CHECKOUT, environment, f"{environment}/bin", f"{environment}/bytecode")


def lacks() -> str | None:
    """Why this machine cannot boot the virtual machine; None if it can."""
    if reason := lacks_programs("qemu-system-x86_64", "busybox", "file", "udevadm", "depmod", "mount"):
        return reason
    if not _vng().exists():
        return "no virtme-ng in the virtual environment"
    return kernel.lacks()


def _vng() -> Path:
    return Path(sys.executable).parent / "vng"


def boot(
    command: str, *, system: System = HOST, timeout: float = 900, stream: bool = False
) -> subprocess.CompletedProcess[str]:
    """Boot, run a shell command as root in the checkout, and return its exit status and output.

    The result's `stdout` is everything that the command printed (also passed on at once if `stream`), its
    `stderr` the guest's console and QEMU's messages. The guest has all four cards, snd-dummy, snd-aloop and
    the OSS devices, and the output of the AC97 card's chip in /run/chip (see chip.py). Whatever it writes is
    lost at its end. It is ended, with the status TIMED_OUT, after `timeout` seconds, or if it has printed
    nothing after UNTIL_OUTPUT seconds (see guest_output.py).
    """
    accelerated = kvm.works(_boots_under_kvm)
    # Modules compiled in the guest are lost, which would cost seconds at every boot.
    compileall.compile_dir(ROOT / "tuimixer", quiet=2)
    with tempfile.TemporaryDirectory(prefix="tuimixer-vm-", dir="/tmp") as folder:
        places = {name: shlex.quote(str(place)) for name, place in vars(system).items()}
        (Path(folder) / "guest.sh").write_text(_GUEST.format(**places, command=command))
        machine = _start(_BEGIN, system, Path(folder), timeout, accelerated)
        return follow(machine, timeout, stream=stream)


def _boots_under_kvm() -> bool:
    with tempfile.TemporaryDirectory(prefix="tuimixer-vm-", dir="/tmp") as folder:
        machine = _start("true", HOST, Path(folder), kvm.PATIENCE, True)
        return follow(machine, kvm.PATIENCE).returncode == 0


def _start(
    command: str, system: System, chip: Path, timeout: float, accelerated: bool
) -> subprocess.Popen[bytes]:
    """Start the machine; its output is the process's stdout, its console the process's stderr.

    chip: directory for the output of the AC97 card's chip, with the guest's script.
    """
    options = [
        "-audiodev none,id=a0",
        f"-audiodev wav,id=chip,path={chip}/chip.wav",
        *CARDS,
        *(() if accelerated else _FEW_DESCRIPTORS),
    ]
    for tag, shared in {"host": system.folder, "checkout": ROOT, "chip": chip}.items():
        options.append(f"-fsdev local,id={tag},path={shared},security_model=none,readonly=on,multidevs=remap")
        options.append(f"-device virtio-9p-pci,fsdev={tag},mount_tag={tag}")
    vng = [str(_vng()), "-r", str(kernel.image(system.folder)), "--disable-microvm"]
    vng += ["--cpus", "2", "--memory", "2G"]
    vng += [] if accelerated else ["--disable-kvm"]
    vng += [] if system is HOST else ["--root", str(system.folder)]
    vng += ["--user", "root", "--cwd", str(system.folder), "--verbose", "--append", "mitigations=off"]
    # If QEMU 7.2 emulates two processors, a write by one of them may go to a wrong device while the other
    # arranges the devices in memory: QEMU crashed or the guest hung, about once in 25 boots on a busy
    # machine. So the second processor is started after this (see _GUEST).
    vng += [] if accelerated else ["--append", "maxcpus=1"]
    vng += ["--append", f"module_blacklist={_UNWANTED_MODULES}", f"--qemu-opts={' '.join(options)}"]
    return subprocess.Popen(
        # timeout(1) ends the machine even if this process is killed before it can.
        ["timeout", "--kill-after=5", str(timeout + 10), *vng, "--", command],
        env=os.environ | {"PATH": f"{_vng().parent}:{os.environ['PATH']}:/usr/sbin:/sbin"},
        stdin=subprocess.DEVNULL,
        # Never files: the guest's console would overwrite their beginning.
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def guest_test_files(*, only_with_server: bool = False) -> list[str]:
    """The test files for the machine; only these are collected there, because imports are slow.

    Those about the machine come first, those with sound servers last, since they leave softvols on its cards.
    """
    files = []
    for path in (ROOT / "tests").rglob("test_*.py"):
        text = path.read_text()
        if re.search(r"\bmark\.vm\b", text):
            with_server = re.search(r"\bguest: Guest\b", text) is not None
            files.append((with_server, path.parent.name != "lab", str(path.relative_to(ROOT))))
    return [name for with_server, _, name in sorted(files) if with_server or not only_with_server]


def run_tests(arguments: Sequence[str], system: System = HOST) -> int:
    """Boot once and run all tests for the machine; returns pytest's exit status.

    With a root other than this machine's, only those with sound servers.
    """
    # Plug-ins are listed: loading the one for snapshots would import Textual, which takes 9 s there.
    pytest = ["python", "-m", "pytest", "-p", "pytest_asyncio.plugin", "-p", "no:cacheprovider", "--color=no"]
    named = any(".py" in argument for argument in arguments)
    files = [] if named else guest_test_files(only_with_server=system is not HOST)
    command = shlex.join([*pytest, "-m", "vm", *arguments, *files])
    _compile([*pytest, "--collect-only", "-qq", *files], system)
    start = time.monotonic()
    times = r"""printf 'vm: %s s from power-on to the tests
' "$(cut -d' ' -f1 /proc/uptime)";"""
    alone = f"{times} PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 {command}"
    done = boot(alone, system=system, stream=True, timeout=4500)
    explain(done)
    print(f"vm: {time.monotonic() - start:.0f} s in total", flush=True)
    return done.returncode


def _compile(collect: Sequence[str], system: System) -> None:
    """Compile what pytest imports: modules compiled in the guest are lost."""
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    if system is HOST:
        command, env = [sys.executable, *collect[1:]], os.environ | alone
    else:
        alone |= {"PYTHONPYCACHEPREFIX": system.bytecode, "PATH": f"{system.programs}:{PROGRAMS}"}
        command, env = enter(system.folder, collect, alone), os.environ.copy()
    subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, check=False)


def main() -> int:
    """See the module's text."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ends the machine
    match sys.argv[1:]:
        case ["lacks"]:
            print(lacks() or "", end="")
            return 0
        case ["test", *arguments]:
            return run_tests(arguments)
        case ["test-in", *_] if os.geteuid() != 0:
            return container.again_as_root("tests.lab.vm", sys.argv[1:])
        case ["test-in", suite, *arguments]:
            with debian.system(suite) as folder:
                return run_tests(arguments, debian_system(folder))
        case ["run", command]:
            done = boot(command, stream=True)
            explain(done)
            return done.returncode
    usage = "lacks | test [PYTEST-ARGS] | test-in SUITE [PYTEST-ARGS] | run COMMAND"
    print(f"usage: python -m tests.lab.vm {usage}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
