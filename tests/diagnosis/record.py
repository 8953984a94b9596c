"""`python -m tests.diagnosis.record` records the boxes in tests/diagnosis/recorded anew, in one boot.

To be done when a field of the model changes, or when the recordings are to hold something new; see
recordings.py. It takes about 20 minutes where the machine is emulated.
"""

import sys

from tests.diagnosis.recordings import SERVERS, boxes, write
from tests.lab.vm import boot

MARK = "box of "


def main() -> int:
    """Boot, let the guest record, and write its files; 0 when both servers were recorded."""
    chosen = sys.argv[1:] or SERVERS
    done = boot(f"python -m tests.diagnosis.recorder {' '.join(chosen)}", timeout=7200, stream=True)
    for server in chosen:
        start = f"{MARK}{server}: "
        found = [text.removeprefix(start) for text in done.stdout.splitlines() if text.startswith(start)]
        if not found:
            print(f"record: nothing of {server}", file=sys.stderr)
            return 1
        write(server, found)
        print(f"record: {len(boxes(server))} boxes of {server}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
