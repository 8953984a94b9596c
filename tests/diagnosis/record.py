"""`python -m tests.diagnosis.record` records the machines in tests/diagnosis/recorded again, in one boot.

To be run when a field of the model changes, or when the recordings should contain something new; see
recordings.py.
"""

import sys

from tests.diagnosis.recordings import SERVERS, boxes, write
from tests.lab.guest_output import explain
from tests.lab.vm import boot, lacks

MARK = "box of "


def main() -> int:
    """Boot, let the guest record, and write its files.

    Exit status: 0 all were recorded, 1 something failed, 2 usage error.
    """
    chosen = sys.argv[1:] or list(SERVERS)
    if unknown := set(chosen) - set(SERVERS):
        print(f"record: no server {', '.join(unknown)}; there are: {', '.join(SERVERS)}", file=sys.stderr)
        return 2
    if reason := lacks():
        print(f"record: not here: {reason}", file=sys.stderr)
        return 1
    print("record: booting; in an emulated machine this takes about 20 minutes", flush=True)
    done = boot(f"python -m tests.diagnosis.recorder {' '.join(chosen)}", timeout=7200)
    said = [line for line in done.stdout.splitlines() if not line.startswith(MARK)]
    print(*said, sep="\n")
    if done.returncode:
        explain(done)
        print("record: the guest failed; nothing is written", file=sys.stderr)
        return 1
    for server in chosen:
        start = f"{MARK}{server}: "
        write(
            server,
            (line.removeprefix(start) for line in done.stdout.splitlines() if line.startswith(start)),
        )
        print(f"record: {len(boxes(server))} boxes of {server}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
