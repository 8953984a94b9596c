"""The log file, for details of unexpected errors."""

import os
import time
import traceback

from tuimixer import __version__
from tuimixer.config.files import open_own
from tuimixer.config.paths import state_path


def write_crash(error: BaseException) -> str:
    """Append an error to the log; returns one line about it that says where the details are."""
    short = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    path = state_path("log")
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        log = open_own(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        with open(log, "a", encoding="utf-8", errors="backslashreplace") as file:
            stamp = time.strftime("%Y-%m-%d %H:%M:%S")
            file.write(f"\n{stamp} tuimixer {__version__}\n")
            file.writelines(traceback.format_exception(error))
    except OSError as failure:
        return f"{short} (the log {path} cannot be written: {failure.strerror})"
    return f"{short}; details are in {path}"
