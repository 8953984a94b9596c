"""`./dev coverage`: statement coverage of the fast lanes by package, including child processes."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePath

from coverage import Coverage

from tests.lab.lanes import machine, saving
from tests.lab.lanes.files import ROOT
from tests.lab.lanes.run import announce_lacking, say
from tests.lab.lanes.table import LANES

FAST = ("unit", "screen", "pulse", "plugins", "replay")
_WHOLE = "total"


def main(words: Sequence[str]) -> int:
    """Print the table of the fast lanes that can run here; returns pytest's exit status, or 1 if there is no
    table.
    """
    about = f"Run the lanes {', '.join(FAST)}, and show how much of each package they cover."
    argparse.ArgumentParser(prog="./dev coverage", description=about).parse_args(words)
    fast = [lane for lane in LANES if lane.name in FAST]
    lacking = {lane.name: reason for lane in fast if (reason := lane.missing())}
    names = [lane.name for lane in fast if lane.name not in lacking]
    announce_lacking(lacking)
    if not names:
        say("failed, because none of the lanes to be measured can run")
        return 1
    with tempfile.TemporaryDirectory(prefix="tuimixer-coverage-") as name:
        folder = Path(name)
        workers = str(machine.workers(waiting=True))
        status = measure(folder, "-m", " or ".join(names), "-n", workers, "--dist", "worksteal")
        if lost := saving.unsaved(folder):
            say(f"failed, because these processes of pytest did not save their data: {', '.join(lost)}")
            return status or 1
        measured = combined(folder)
        say(f"\ncoverage by the lanes {', '.join(names)}:")
        say("\n".join(table(measured)))
        announce_lacking(lacking)
    return status


def measure(folder: Path, *arguments: str) -> int:
    """Run pytest with its data stored in the folder; returns its exit status."""
    coverage = ("-m", "coverage", "run", "--rcfile", str(ROOT / "pyproject.toml"))
    command = (sys.executable, *coverage, "-m", "pytest", "-p", saving.__name__, *arguments)
    return subprocess.run(command, env=os.environ | {"COVERAGE_FILE": str(_data(folder))}).returncode


def combined(folder: Path) -> Coverage:
    """What all processes stored in the folder."""
    measured = Coverage(data_file=str(_data(folder)), config_file=str(ROOT / "pyproject.toml"))
    measured.combine([str(folder)])
    return measured


def _data(folder: Path) -> Path:
    return folder / "data"


def table(measured: Coverage) -> list[str]:
    """A line for each package and a total: statements, statements run, percentage."""
    there: Counter[str] = Counter()
    run: Counter[str] = Counter()
    for file in measured.get_data().measured_files():
        _, statements, _, missing, _ = measured.analysis2(file)
        package = ".".join(PurePath(file).relative_to(ROOT).parent.parts)
        for name in (package, _WHOLE):
            there[name] += len(statements)
            run[name] += len(statements) - len(missing)
    lines = [f"{'package':32} {'statements':>10} {'run':>7} {'share':>7}"]
    for name in [*sorted(there.keys() - {_WHOLE}), _WHOLE]:
        share = f"{100 * run[name] / there[name]:.0f} %" if there[name] else "-"
        lines.append(f"{name:32} {there[name]:>10} {run[name]:>7} {share:>7}")
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
