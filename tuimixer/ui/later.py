"""A timer that never skips its call."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual.message_pump import MessagePump

if TYPE_CHECKING:
    from tuimixer.ui.textual_internals import OrderlyApp


def after(node: MessagePump, seconds: float, call: Callable[[], object]) -> asyncio.TimerHandle:
    """Call a function after this many seconds, unless the handle is cancelled or the node is removed first.

    Textual's `set_timer` skips the call altogether if the process was held up for longer than the interval,
    and creates a task for each timer. An exception in the call ends the program, as anywhere else in Textual.
    """
    app = cast("OrderlyApp", node.app)

    def run() -> None:
        if app.ending or not node.is_running:
            return
        try:
            call()
        except Exception as error:
            app.fail(error)

    return asyncio.get_running_loop().call_later(seconds, run)
