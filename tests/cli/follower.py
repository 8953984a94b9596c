"""A verb that runs until interrupted, whose lines are read as they arrive."""

import queue
import subprocess
import threading
from collections.abc import Callable

from tests.cli.program import COMMAND
from tests.lab.waiting import DEADLINE


class Follower:
    """A running `tuimixer watch` or the like, whose lines are read as they arrive."""

    def __init__(self, env: dict[str, str], *words: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, *words],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def until(self, condition: Callable[[str], bool]) -> str:
        """The next line for which the condition holds."""
        seen: list[str] = []
        try:
            while not condition(line := self._lines.get(timeout=DEADLINE)):
                seen.append(line)
        except queue.Empty:
            raise TimeoutError(f"only these lines came: {seen}; status {self.process.poll()}") from None
        return line

    def until_error(self, condition: Callable[[str], bool]) -> str:
        """The next line on stderr for which the condition holds."""
        assert self.process.stderr is not None
        return next(line.rstrip("\n") for line in self.process.stderr if condition(line))

    def end(self, number: int) -> tuple[int, str]:
        """Send a signal; returns the status, and errors that have not been read."""
        self.process.send_signal(number)
        status = self.process.wait(timeout=DEADLINE)
        assert self.process.stderr is not None
        return status, self.process.stderr.read()

    def provoke(self, set_volume: Callable[[str], object], told: str = "volume") -> str:
        """Set the volume back and forth until a change is reported, because it is unknown when watching
        begins; returns the line.
        """
        thread_ended = threading.Event()

        def change() -> None:
            value = 40
            while not thread_ended.is_set():
                set_volume(f"{value}%")
                value = 90 - value
                thread_ended.wait(0.3)

        thread = threading.Thread(target=change)
        thread.start()
        try:
            return self.until(lambda line: told in line)
        finally:
            thread_ended.set()
            thread.join()
