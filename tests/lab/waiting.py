"""Waiting for a condition, with a deadline and a description."""

import os
import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

DEADLINE = 240.0 if "TUIMIXER_GUEST" in os.environ else 180.0
"""Seconds before a wait counts as failed. Far above expectations: it ends a hang, it does not measure.

In an emulated virtual machine, everything takes ten times as long."""


def wait_until(condition: Callable[[], Value], what: str, timeout: float = DEADLINE) -> Value:
    """Return the first true value of `condition`; raise TimeoutError with `what` after `timeout` s."""
    end = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"after {timeout:g} s still waiting for {what}")
        time.sleep(0.01)
    return value
