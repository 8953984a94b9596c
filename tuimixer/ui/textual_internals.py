"""All uses of Textual's private names, each with its reason; no other module uses any.

`NAMES` lists them, and a test looks each one up in the installed Textual. If one is missing, the test
fails with a message that points here.
"""

from contextlib import suppress
from functools import cache, lru_cache
from typing import Any

from rich.cells import cached_cell_len
from rich.segment import Segment
from textual import events
from textual._styles_cache import StylesCache
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.color import Color
from textual.css.scalar import Scalar
from textual.filter import LineFilter
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.style import Style
from textual.timer import Timer
from textual.worker import Worker

NAMES = (
    ("textual._xterm_parser:XTermParser", "_parse_extended_key", "new_parser"),
    ("textual._styles_cache:StylesCache", "get_inner_outer", "forget_widgets"),
    ("textual.widgets:OptionList", "_move_page", "make_palette_safe"),
    ("textual.widgets:OptionList", "_index_to_line", "make_palette_safe"),
    ("textual.widgets:OptionList", "_on_click", "make_palette_safe"),
    ("textual.command:CommandPalette", "_on_click", "make_palette_safe"),
    ("textual.command:CommandPalette", "_watch__list_visible", "make_palette_safe"),
    ("textual.command:CommandPalette", "_watch__show_busy", "make_palette_safe"),
    ("textual.command:CommandPalette", "_gather_commands", "make_palette_safe"),
    ("textual.command:CommandPalette", "_GATHER_COMMANDS_GROUP", "make_palette_safe"),
    ("textual.command:CommandPalette", "_GATHER_COMMANDS_GROUP", "searches"),
    ("textual.app:App", "_batch_count", "paints_now"),
    ("textual.app:App", "_exit", "paints_now"),
    ("textual.app:App", "_running", "paints_now"),
    ("textual.app:App", "_closed", "paints_now"),
    ("textual.app:App", "_filters", "add_filter"),
    ("textual.app:App", "_handle_exception", "OrderlyApp"),
    ("textual.app:App", "_exception", "OrderlyApp"),
    ("textual.app:App", "_return_code", "OrderlyApp"),
    ("textual.app:App", "_close_messages_no_wait", "OrderlyApp"),
    ("textual.timer:Timer", "_skip", "OrderlyApp"),
    ("textual.screen:Screen", "_on_resize", "forget_old_sizes"),
    ("textual.screen:Screen", "_compositor_refresh", "DirectScreen"),
    ("textual.screen:Screen", "_compositor", "DirectScreen"),
    ("textual.screen:Screen", "_dirty_widgets", "DirectScreen"),
)
"""Class, private name, and what uses the name in this module."""


def new_parser() -> XTermParser:
    """A parser of a terminal's input. Textual's drivers create their own, which fails on odd input.

    `_parse_extended_key` has a cache that keeps every parser that was ever used, so it is cleared.
    """
    XTermParser._parse_extended_key.cache_clear()
    return XTermParser()


@lru_cache(1024)
def _inner_outer(base_background: Color, background: Color) -> tuple[Style, Style]:
    return Style(background=base_background + background), Style(background=base_background)


def _get_inner_outer(cache: StylesCache, base_background: Color, background: Color) -> tuple[Style, Style]:
    return _inner_outer(base_background, background)


original_inner_outer = StylesCache.get_inner_outer


def forget_widgets() -> None:
    """Stop Textual from keeping closed widgets in memory; may be called twice.

    `StylesCache.get_inner_outer` is a method with an lru_cache, which keeps up to 1024 StylesCache objects
    alive with all their lines, including those of dialogs closed long ago. The method does not use its
    object, so a function can take its place.
    """
    StylesCache.get_inner_outer = _get_inner_outer  # type: ignore[method-assign, assignment]


original_on_resize = Screen._on_resize


async def _on_resize(screen: Screen[Any], event: events.Resize) -> None:
    event.stop()
    if event.size == screen.app.size:
        await original_on_resize(screen, event)


def forget_old_sizes() -> None:
    """Have screens ignore every size of the window except the newest; may be called twice.

    When a screen below a dialog is given a size, Textual tells it that its size has changed, and it gives
    that size to itself and to the dialog. If two sizes are on their way at once, as when a window is dragged
    larger, each calls for the other, and the program paints forever without reading another key.
    """
    Screen._on_resize = _on_resize  # type: ignore[method-assign, assignment]


def sized_caches() -> list[Any]:
    """The functions of Textual and rich that cache results about positions, sizes and texts."""
    methods = (getattr(owner, name) for owner in (Region, Scalar, Strip, Segment) for name in vars(owner))
    return [cached_cell_len, *(method for method in methods if hasattr(method, "cache_clear"))]


def forget_sizes() -> None:
    """Clear caches when a window is resized or a dialog closes, as their contents are of little use then.

    Together they keep up to 70,000 results. Without this function, memory grew by 8 MB in 12 minutes while
    the window was resized at random.
    """
    for method in sized_caches():
        method.cache_clear()


@cache
def make_palette_safe() -> None:
    """Keep rare conditions in the command palette from ending the program.

    * Page Down if none of its lines is shown: `OptionList._move_page` expects one, and in a window of four
      lines, or of two columns, there is none.
    * A click on an option that has disappeared since it was painted: `OptionList._on_click` looks it up.
    * A click outside the window, which has become smaller: `CommandPalette._on_click` looks up what is there.
    * A window so narrow that its lines have no width: `Content.get_height` cannot wrap text to that.
    * Two choices at once, such as Enter and a click: the second would close the screen below.
    * Being closed during a search for commands: the search and its progress indicator look for widgets that
      are gone.
    """
    _make_lists_safe()
    _make_searches_safe()


def _make_lists_safe() -> None:
    from textual.content import Content  # the palette is rarely opened
    from textual.css.styles import RulesMap
    from textual.widgets import OptionList

    get_height, move_page, click = Content.get_height, OptionList._move_page, OptionList._on_click

    def get_height_safely(content: Content, rules: RulesMap, width: int) -> int:
        return get_height(content, rules, max(width, 1))

    def move_page_safely(options: OptionList, direction: Any) -> None:
        if (options.highlighted or 0) in options._index_to_line:
            move_page(options, direction)

    async def click_safely(options: OptionList, event: events.Click) -> None:
        if event.style.meta.get("option", 0) < options.option_count:
            await click(options, event)

    Content.get_height = get_height_safely  # type: ignore[method-assign, assignment]
    OptionList._move_page = move_page_safely  # type: ignore[method-assign, assignment]
    OptionList._on_click = click_safely  # type: ignore[method-assign, assignment]


def _make_searches_safe() -> None:
    from textual import work
    from textual.await_complete import AwaitComplete
    from textual.command import CommandPalette
    from textual.css.query import NoMatches
    from textual.errors import NoWidget

    click, dismiss = CommandPalette._on_click, CommandPalette.dismiss
    list_shown, busy_shown = CommandPalette._watch__list_visible, CommandPalette._watch__show_busy
    gather = CommandPalette._gather_commands.__wrapped__  # type: ignore[attr-defined]

    def click_safely(palette: CommandPalette, event: events.Click) -> None:
        with suppress(NoWidget):
            click(palette, event)

    def dismiss_once(palette: CommandPalette, result: Any = None) -> AwaitComplete:
        return dismiss(palette, result) if is_on_top(palette) else AwaitComplete()

    def show_list_safely(palette: CommandPalette) -> None:
        with suppress(NoMatches):
            list_shown(palette)

    async def show_busy_safely(palette: CommandPalette) -> None:
        with suppress(NoMatches):
            await busy_shown(palette)

    @work(exclusive=True, group=CommandPalette._GATHER_COMMANDS_GROUP)
    async def gather_safely(palette: CommandPalette, search_value: str) -> None:
        with suppress(NoMatches):
            await gather(palette, search_value)

    CommandPalette._on_click = click_safely  # type: ignore[method-assign, assignment]
    CommandPalette._watch__list_visible = show_list_safely  # type: ignore[method-assign, assignment]
    CommandPalette._watch__show_busy = show_busy_safely  # type: ignore[method-assign, assignment]
    CommandPalette._gather_commands = gather_safely  # type: ignore[method-assign]
    CommandPalette.dismiss = dismiss_once  # type: ignore[method-assign, assignment]


def searches(app: App[Any]) -> list[Worker[Any]]:
    """The palette's searches in progress; until they end, its list shows what an earlier text has found."""
    running = [worker for worker in app.workers if not worker.is_finished]
    if not running:
        return []
    from textual.command import CommandPalette

    return [worker for worker in running if worker.group == CommandPalette._GATHER_COMMANDS_GROUP]


def is_on_top(screen: Screen[Any]) -> bool:
    """Whether a screen receives keys. `Screen.is_current` is also true for one that shows through another."""
    return screen in screen.app.screen_stack[-1:]


def paints_now(screen: Screen[Any]) -> bool:
    """Whether what a screen paints would be visible now; the compositor checks the same before it writes."""
    app = screen.app
    if app.is_headless or app.is_inline or app._batch_count or app._exit:
        return False
    return app.screen is screen and app._running and not app._closed


def add_filter(app: App[Any], line_filter: LineFilter) -> None:
    """Filter everything painted; Textual itself chooses filters by the environment only."""
    app._filters.append(line_filter)


class OrderlyApp(App[int], inherit_bindings=False):
    """Ends on an exception without the traceback that Textual would print over the prompt, and skips no
    timer.
    """

    failure: Exception | None = None
    """The exception that ended the program, if any."""
    ending = False
    """Whether exiting has begun, so that screens are being torn down."""

    def _handle_exception(self, error: Exception) -> None:
        if self.is_headless:
            super()._handle_exception(error)
            return
        self.failure = self.failure or error
        self._exception, self._return_code = error, 1
        self._close_messages_no_wait()

    def set_timer(self, *args: Any, **named: Any) -> Timer:
        """As Textual's, but a call that is overdue is made, not skipped.

        Textual itself uses such timers when the window is resized and to end a pause in painting. If one were
        skipped, it would ignore every later size or never paint again.
        """
        timer = super().set_timer(*args, **named)
        timer._skip = False
        return timer

    def fail(self, error: Exception) -> None:
        """End the program because of an exception that Textual does not notice itself."""
        self._handle_exception(error)


class DirectScreen(Screen[None]):
    """A screen that can be painted without Textual's compositor."""

    def paints_alone(self) -> bool:
        """Update the terminal without the compositor; returns False if the compositor is needed."""
        return False

    def _compositor_refresh(self) -> None:
        # The compositor would send the whole screen three times before it is complete.
        if not self.paints_alone():
            super()._compositor_refresh()
            return
        self._compositor._dirty_regions.clear()
        self._dirty_widgets.clear()
