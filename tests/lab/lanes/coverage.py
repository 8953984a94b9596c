"""`./dev coverage`: statement coverage of the fast lanes by package, including child processes."""

import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path, PurePath

from coverage import Coverage

from tests.lab.lanes import machine
from tests.lab.lanes.result import NO_TESTS
from tests.lab.lanes.table import LANES

FAST = ("unit", "screen", "pulse", "plugins", "replay")
_WHOLE = "total"
ROOT = Path(__file__).resolve().parents[3]


def main() -> int:
    """Run the fast lanes that this machine can run, and print the table; returns pytest's exit status."""
    lanes = [lane for lane in LANES if lane.name in FAST and not lane.missing()]
    with tempfile.TemporaryDirectory(prefix="tuimixer-coverage-") as folder:
        data = Path(folder) / "data"
        status = subprocess.run(
            [
                *(sys.executable, "-m", "coverage", "run", "--rcfile", str(ROOT / "pyproject.toml")),
                *("-m", "pytest", "-m", " or ".join(lane.name for lane in lanes)),
                *("-n", str(machine.workers(waiting=True)), "--dist", "worksteal"),
            ],
            env=os.environ | {"COVERAGE_FILE": str(data)},
            check=False,
        ).returncode
        measured = Coverage(data_file=str(data), config_file=str(ROOT / "pyproject.toml"))
        measured.combine([folder])
        print(f"\ncoverage by the lanes {', '.join(lane.name for lane in lanes)}:")
        print("\n".join(table(measured)))
    return 0 if status == NO_TESTS else status


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
    sys.exit(main())
