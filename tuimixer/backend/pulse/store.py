"""What has been read from one server, and the controls made from it; only what changed is rebuilt."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from tuimixer.backend.pulse import translate
from tuimixer.backend.pulse.records import (
    CardRecord,
    ClientRecord,
    CodecsRecord,
    DeviceRecord,
    FormatsRecord,
    ServerRecord,
    StoredRecord,
    StreamRecord,
    as_one,
)
from tuimixer.model.control import Control, ControlId, Kind
from tuimixer.model.record import replace
from tuimixer.model.snapshot import Server, ServerCard

TYPE_CHECKING = False  # importing typing would slow down every volume key press
if TYPE_CHECKING:
    from typing import Any

_DEVICES = (Kind.SINK, Kind.SOURCE)
_STREAMS = (Kind.SINK_INPUT, Kind.SOURCE_OUTPUT)
EVENT_ROLE = "sink-input-by-media-role:event"
_RESTORE_KEY = "module-stream-restore.id"


def alsa_id(number: str) -> str | None:
    """The kernel's id of the card with this number or id, from /proc/asound; None if there is none."""
    if not number.isdigit():
        return number if os.path.isdir(f"/proc/asound/{number}") and number else None
    try:
        with open(f"/proc/asound/card{number}/id", encoding="utf-8", errors="replace") as file:
            return file.read().strip() or None
    except OSError:
        return None


class Store:
    """Records by facility and index, and their controls.

    Fill it with `put`, `keep` and the like, then call `settle`. `controls` is a new dict after each change,
    never modified in place; a control whose record and context did not change stays the same object.
    """

    def __init__(self, address: str, why: str, local: bool = True) -> None:
        self.controls: dict[ControlId, Control] = {}
        self.server_cards: tuple[ServerCard, ...] = ()
        self.server: Server | None = None
        self.stored: dict[str, StoredRecord] = {}
        self._address, self._why = address, why
        self._local = local
        self._devices: dict[Kind, dict[int, DeviceRecord]] = {kind: {} for kind in _DEVICES}
        self._streams: dict[Kind, dict[int, StreamRecord]] = {kind: {} for kind in _STREAMS}
        self._cards: dict[int, CardRecord] = {}
        self._codecs: dict[int, CodecsRecord] = {}
        self._clients: dict[int, ClientRecord] = {}
        self._around = translate.TranslationContext(alsa_id if local else lambda number: None)
        self._around.cards, self._around.clients = self._cards, self._clients
        self._made: dict[tuple[Kind, int | str], Control] = {}
        self._stale: set[tuple[Kind, int]] = set()
        self._all_stale = False
        self._reordered = False
        self._settled_server: Server | None = None

    # ---- filling ---------------------------------------------------------------------------------

    def put(self, kind: Kind, record: Any) -> bool:
        """Store a device or stream; False if nothing but its state has changed."""
        table = self._table(kind)
        before = table.get(record.index)
        if before == record:
            return False
        table[record.index] = record
        self._stale.add((kind, record.index))
        if before is None:
            self._reordered = True
        if kind in _DEVICES and (before is None or before.name != record.name):
            self._all_stale = True
        return before is None or any(
            getattr(before, name) != getattr(record, name)
            for name in record.__match_args__
            if name != "state"
        )

    def remove(self, kind: Kind, index: int) -> ControlId | None:
        """Remove an object; returns the id of its control, if it had one."""
        gone = self._table(kind).pop(index, None)
        if gone is None:
            return None
        if kind in _STREAMS:
            self._forget_client(gone.client)
        self._reordered = True
        self._all_stale |= kind in _DEVICES
        made = self._made.pop((kind, index), None)
        return made.id if made is not None else None

    def _forget_client(self, index: int | None) -> None:
        """Drop a client that has no streams left, because PipeWire reuses its number."""
        if index in self._clients and not any(
            stream.client == index for table in self._streams.values() for stream in table.values()
        ):
            del self._clients[index]

    def keep(self, kind: Kind, records: Iterable[Any]) -> None:
        """Store all objects of a kind, and remove those that no longer exist."""
        present = {record.index: record for record in records}
        for index in [index for index in self._table(kind) if index not in present]:
            self.remove(kind, index)
        for record in present.values():
            self.put(kind, record)

    def put_card(self, record: CardRecord) -> None:
        """Store a card."""
        if self._cards.get(record.index) != record:
            self._cards[record.index] = record
            self._all_stale = True

    def remove_card(self, index: int) -> None:
        """Remove a card."""
        self._codecs.pop(index, None)
        if self._cards.pop(index, None) is not None:
            self._all_stale = True

    def keep_cards(self, records: Iterable[CardRecord]) -> None:
        """Store all cards, and remove those that no longer exist."""
        present = {record.index: record for record in records}
        for index in [index for index in self._cards if index not in present]:
            self.remove_card(index)
        for record in present.values():
            self.put_card(record)

    def put_codecs(self, index: int, record: CodecsRecord) -> None:
        """Store a Bluetooth card's codecs."""
        if self._codecs.get(index) != record:
            self._codecs[index] = record
            self._all_stale = True

    def put_client(self, record: ClientRecord) -> None:
        """Store a stream's client."""
        self._clients[record.index] = record
        for kind in _STREAMS:
            for stream in self._streams[kind].values():
                if stream.client == record.index:
                    self._stale.add((kind, stream.index))

    def put_server(self, record: ServerRecord) -> None:
        """Store the server's own information."""
        self.server = translate.server(record, self._address, self._why)
        around = self._around
        if (around.default_sink, around.default_source) != (record.default_sink, record.default_source):
            around.default_sink, around.default_source = record.default_sink, record.default_source
            self._stale.update((kind, index) for kind in _DEVICES for index in self._devices[kind])

    def put_formats(self, records: Iterable[FormatsRecord]) -> None:
        """Store the sinks' passthrough formats."""
        formats = {record.index: record.formats for record in records}
        if self._around.formats != formats:
            self._around.formats = formats
            self._stale.update((Kind.SINK, index) for index in self._devices[Kind.SINK])

    def put_stored(self, records: Iterable[StoredRecord]) -> None:
        """Store the stored volumes; that of system sounds is added if the server does not have it yet."""
        stored = {record.key: record for record in records if not translate.is_meters(record)}
        if EVENT_ROLE not in stored:
            stored[EVENT_ROLE] = StoredRecord(EVENT_ROLE, (0,), ("mono",), (0x10000,), False, "")
        if self.server is not None and self.server.name == "PipeWire":
            stored = {key: as_one(record) for key, record in stored.items()}
        if stored != self.stored:
            for key in [key for key in self.stored if stored.get(key) != self.stored[key]]:
                self._made.pop((Kind.STORED, key), None)
            self.stored = stored
            self._reordered = True

    # ---- asking ----------------------------------------------------------------------------------

    def unknown_clients(self) -> set[int]:
        """Clients of new streams that do not name their application themselves."""
        streams = (self._streams[kind].get(index) for kind, index in self._stale if kind in _STREAMS)
        return {
            stream.client
            for stream in streams
            if stream is not None
            and stream.client is not None
            and stream.client not in self._clients
            and "application.name" not in stream.properties
        }

    def without_device(self) -> set[Kind]:
        """Kinds of streams of which at least one is on no known device; level meters do not count."""
        return {
            control.kind
            for control in self.controls.values()
            if control.kind in _STREAMS and control.target_id is None
            if control.stream and not control.stream.peak
        }

    @property
    def several_sinks(self) -> bool:
        """Whether a playback stream can be moved."""
        return len(self._devices[Kind.SINK]) > 1

    def bluetooth_cards(self) -> list[CardRecord]:
        """Cards that may be queried for codecs."""
        return [card for card in self._cards.values() if card.name.startswith("bluez_card.")]

    # ---- making ----------------------------------------------------------------------------------

    def settle(self) -> bool:
        """Rebuild the controls that changed; False if none have."""
        cards_before, server_before = self.server_cards, self._settled_server
        self._settled_server = self.server
        changed = self._translate()
        if self._reordered or changed is None:
            self._reorder()
        elif changed:
            controls = dict(self.controls)
            controls.update((control.id, control) for control in changed if control.id in controls)
            self.controls = controls
        return bool(
            changed is None or changed or cards_before != self.server_cards or server_before != self.server
        )

    def _translate(self) -> list[Control] | None:
        """The controls that differ now; None if their set, order or numbering may differ."""
        structure = self._reordered
        if self._all_stale:
            self._around.sinks = {i: r.name for i, r in self._devices[Kind.SINK].items()}
            self._around.sources = {i: r.name for i, r in self._devices[Kind.SOURCE].items()}
            cards = (
                translate.card(r, self._around, self._codecs.get(i)) for i, r in sorted(self._cards.items())
            )
            self.server_cards = _keep_equal(self.server_cards, tuple(cards))
            self._stale.update((kind, index) for kind in _DEVICES for index in self._devices[kind])
            self._stale.update((kind, index) for kind in _STREAMS for index in self._streams[kind])
        changed: list[Control] = []
        for kind, index in self._stale:
            record = self._table(kind).get(index)
            if record is None:
                continue
            make: Callable[..., Control] = translate.device if kind in _DEVICES else translate.stream
            control, before = make(record, kind, self._around), self._made.get((kind, index))
            if before is None or (before.name, before.card) != (control.name, control.card):
                structure = True
            elif before.index:
                control = _numbered(control, before.index)
            if control != before:
                self._made[kind, index] = control
                changed.append(control)
        self._stale.clear()
        self._all_stale = False
        return None if structure else changed

    def _reorder(self) -> None:
        """Put all controls in order, and number equal names."""
        self._reordered = False
        for key, record in self.stored.items():
            if (Kind.STORED, key) not in self._made:
                self._made[Kind.STORED, key] = translate.stored(record)
        running = {
            stream.properties.get(_RESTORE_KEY)
            for table in self._streams.values()
            for stream in table.values()
        }
        running.discard(EVENT_ROLE)
        keys: list[tuple[Kind, int | str]] = [
            (kind, index) for kind in _DEVICES for index in sorted(self._devices[kind])
        ]
        keys += [(kind, index) for kind in _STREAMS for index in sorted(self._streams[kind])]
        keys += [
            (Kind.STORED, key)
            for key in sorted(self.stored, key=lambda key: (key != EVENT_ROLE, key))
            if key not in running
        ]
        count: dict[tuple[str, Kind, str | None], int] = {}
        own = os.getpid() if self._local else None
        controls: dict[ControlId, Control] = {}
        for made in keys:
            control = self._made[made]
            if own is not None and control.stream and control.stream.peak and control.stream.pid == own:
                continue
            same = (control.name, control.kind, control.card)
            number = count[same] = count.get(same, -1) + 1
            if control.index != number:
                control = self._made[made] = _numbered(control, number)
            controls[control.id] = control
        self.controls = controls

    def _table(self, kind: Kind) -> dict[int, Any]:
        return self._devices[kind] if kind in _DEVICES else self._streams[kind]


def _keep_equal(before: tuple[ServerCard, ...], after: tuple[ServerCard, ...]) -> tuple[ServerCard, ...]:
    return before if before == after else after


def _numbered(control: Control, index: int) -> Control:
    return replace(control, index=index)
