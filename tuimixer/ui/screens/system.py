"""F2: cards and PCM devices, which programs have them open and how, then the kernel's files, one per page."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from tuimixer.mixer.mixer import Mixer
from tuimixer.model.snapshot import AlsaCard, Server, Snapshot
from tuimixer.model.system import Holder, PcmDevice, System, origin
from tuimixer.ui.screens.choose_card import about_card
from tuimixer.ui.screens.control_lines import joined
from tuimixer.ui.screens.dialog import Hints
from tuimixer.ui.screens.listing import styles_of
from tuimixer.ui.screens.text_dialog import TextDialog
from tuimixer.ui.terminal.capabilities import Terminal
from tuimixer.ui.terminal.cells import wrap
from tuimixer.ui.terminal.palette import Role

TextLine = tuple[Role, str]


def overview(snapshot: Snapshot, system: System, width: int) -> list[TextLine]:
    """The first page: the cards and devices and what uses them, wrapped to `width` cells."""
    lines: list[TextLine] = []
    cards = (line for card in snapshot.alsa_cards for line in _card(card, system))
    for role, text, indent in (*_machine(snapshot.server, system), *cards):
        for i, part in enumerate(wrap(text, max(10, width - indent - 2))):
            lines.append((role, " " * (indent + (2 if i else 0)) + part))
    return lines


def _machine(server: Server | None, system: System) -> Iterator[tuple[Role, str, int]]:
    """Lines about the machine and its sound servers, as (role, text, indent in cells)."""
    who = joined(system.host, f"user {system.user}" if system.user else "")
    yield Role.STRONG, who or "This machine", 0
    told = joined(f"{server.name} {server.version}", server.address, origin(server.why)) if server else "none"
    yield Role.TEXT, f"Sound server: {told}", 0
    for found in system.servers:
        if server is None or found.address != server.address:
            state = "" if found.alive else "not responding" if found.alive is False else "access denied"
            yield (
                Role.TEXT,
                f"Another server: {joined(found.address, found.user, origin(found.why), state)}",
                0,
            )
    for daemon in system.daemons:
        yield Role.TEXT, f"Daemon: {joined(daemon.name, f'process {daemon.pid}', daemon.user)}", 0
    if not system.sound_folder:
        yield Role.ERROR, "/dev/snd does not exist, because the kernel has not detected a sound card.", 0
    elif not system.permitted:
        user = system.user or "This user"
        yield Role.ERROR, f"{user} has no permission to open the devices in /dev/snd.", 0


def _card(card: AlsaCard, system: System) -> Iterator[tuple[Role, str, int]]:
    """Lines about a card, its devices and what has them open, as (role, text, indent in cells)."""
    yield Role.TEXT, "", 0
    yield Role.HEADING, card.name, 0
    yield Role.TEXT, about_card(card), 2
    yield Role.TEXT, joined(card.long_name, card.driver), 2
    for jack in card.jacks:
        yield Role.TEXT, f"Jack {jack.name}: {'plugged in' if jack.plugged else 'nothing plugged in'}", 2
    for device in system.pcm_devices:
        if device.card == card.id:
            yield Role.TEXT, _device(device), 2
            holders = [holder for holder in system.holders if _holds(holder, device)]
            for holder in holders:
                yield Role.STRONG, _holder(holder), 4
            if not holders and device.available < device.subdevices:
                yield Role.STRONG, "in use by another user's process", 4


def _holds(holder: Holder, device: PcmDevice) -> bool:
    return (holder.number, holder.device, holder.capture) == (device.number, device.device, device.capture)


def _device(device: PcmDevice) -> str:
    side = "capture" if device.capture else "playback"
    free = f"{device.available} of {device.subdevices} free"
    return f"hw:{device.number},{device.device} {side}: {device.name} ({free})"


def _holder(holder: Holder) -> str:
    """Which program has a device open, and with which parameters."""
    who = holder.program or "another user's program"
    rate = f"{holder.rate} Hz" if holder.rate else ""
    channels = f"{holder.channels} channels" if holder.channels else ""
    period = f"period {holder.period} frames" if holder.period else ""
    if holder.period and holder.rate:
        period += f" ({1000 * holder.period / holder.rate:.1f} ms)"
    details = joined(
        f"process {holder.pid}" if holder.pid else "",
        holder.user,
        holder.state.lower(),
        rate,
        holder.format,
        channels,
        period,
        f"buffer {holder.buffer} frames" if holder.buffer else "",
        "shared through dmix" if holder.dmix else "",
    )
    return f"{who}: {details}" if details else who


class Page(ScrollView, can_focus=True):
    """Text to read; alsamixer's keys scroll it."""

    DEFAULT_CSS = "Page { height: 1fr; scrollbar-size: 0 0; }"

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._charset = terminal.charset
        self._looks = styles_of(terminal.palette)
        self._text: list[TextLine] = []

    def show(self, lines: list[TextLine]) -> None:
        """Show a page from its beginning."""
        self._text = lines
        self.virtual_size = Size(max((cell_len(text) for _, text in lines), default=0), len(lines))
        self.scroll_to(0, 0, animate=False)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        base, width, offset = self.rich_style, self.size.width, self.scroll_offset
        at = offset.y + y
        if not 0 <= at < len(self._text):
            return Strip.blank(width, base)
        role, text = self._text[at]
        strip = Strip([Segment(self._charset.text(text), base + self._looks[role])])
        strip = strip.crop_extend(offset.x, offset.x + width, base)
        more = self._charset.up if y == 0 and at else ""
        if y == self.size.height - 1 and at < len(self._text) - 1:
            more = self._charset.down
        if more:
            strip = Strip([*strip.crop(0, width - 1), Segment(more, base + self._looks[Role.KEY])])
        return strip


class SystemScreen(TextDialog):
    """Pages of information; Tab goes to the next one."""

    page: Page

    HINTS: ClassVar[Hints] = (
        ("text.next", "next page"),
        ("text.refresh", "refresh"),
        ("text.up text.down", "scroll"),
        ("text.close", "close"),
    )
    DEFAULT_CSS = """
    SystemScreen > .dialog--box { width: 100%; max-width: 140; height: 100%; max-height: 100%; }
    """

    def __init__(self, mixer: Mixer) -> None:
        super().__init__()
        self._mixer = mixer
        self._system: System | None = None
        self._page = 0

    def content(self) -> list[Widget]:
        self.page = Page(self.tuimixer.terminal)
        return [self.page]

    def actions(self) -> Mapping[str, Callable[[], object]]:
        return {
            **super().actions(),
            "text.next": partial(self._turn, 1),
            "text.previous": partial(self._turn, -1),
            "text.refresh": self._look_again,
            "system": self.action_close,
        }

    def on_mount(self) -> None:
        self.set_focus(self.page)
        self._look_again()

    def _look_again(self) -> None:
        self.run_worker(self._look(), exclusive=True)

    async def _look(self) -> None:
        system = await self._mixer.inspect()
        if system == System():
            self.page.show([(Role.ERROR, "The system information could not be read. Press r to try again.")])
            return
        self._system = system
        self._show()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        if self._system is None:
            return
        pages = self._system.pages
        count = len(pages) + 1
        self._page %= count
        if self._page:
            title, text = pages[self._page - 1]
            lines = [(Role.TEXT, line.expandtabs(8)) for line in text.splitlines()] or [(Role.DIM, "(empty)")]
        else:
            title, lines = "System", overview(self._mixer.snapshot, self._system, self.page.size.width)
            lines = [(role, self.shown(line)) for role, line in lines]
        self.retitle(f"{title} ({self._page + 1} of {count})")
        self.page.show(lines)

    def _turn(self, by: int) -> None:
        self._page += by
        self._show()
