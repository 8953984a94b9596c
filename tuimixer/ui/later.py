"""Something to be done a little later, for certain."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual.message_pump import MessagePump

if TYPE_CHECKING:
    from tuimixer.ui.textual_internals import OrderlyApp


def after(node: MessagePump, seconds: float, call: Callable[[], object]) -> asyncio.TimerHandle:
    """Call after so many seconds, unless the handle is cancelled or the node gone before.

    Textual's `set_timer` leaves a call out altogether when the process was held up for longer than it had to
    wait, and makes a task for each. A fault in the call ends the program, as it does anywhere in Textual.
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
