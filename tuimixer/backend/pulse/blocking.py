"""One read or write for the command line, without asyncio."""

import contextlib
import time
from collections.abc import Mapping

from tuimixer.backend.base import Refused
from tuimixer.backend.pulse import availability, translate
from tuimixer.backend.pulse.calls import call_for, codec_message
from tuimixer.backend.pulse.find import Search, search
from tuimixer.backend.pulse.store import Store
from tuimixer.backend.pulse.verification import Unverified, affected, ignored, patience, unverified
from tuimixer.model.command import Command, MoveStream, SetDefault
from tuimixer.model.control import Kind
from tuimixer.model.snapshot import Phase, Snapshot, Status

TYPE_CHECKING = False  # importing typing would slow down every volume key press
if TYPE_CHECKING:
    from tuimixer.backend.pulse.client import Client


_PAUSE = 0.004
"""Seconds between two checks of whether a command has taken effect."""


class BlockingPulse:
    """A sound server accessed through blocking calls; connects on the first one.

    `server` is an address as in PULSE_SERVER; None to find one with `find.search`.
    """

    def __init__(
        self,
        server: str | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        root: str = "/",
        patience: float = 2.5,
    ) -> None:
        """`patience` is how long a response may take, in seconds; short, as a verb may have to wait for ALSA
        too.
        """
        self._server, self._environment, self._root, self._patience = server, environment, root, patience
        self._client: Client | None = None
        self._search: Search | None = None
        self._store: Store | None = None

    def servers(self) -> Search:
        """The servers on this machine and the one selected."""
        if self._search is None:
            self._search = search(self._environment, self._root, address=self._server)
        return self._search

    def read(self, kinds: frozenset[Kind] | None = None) -> Snapshot:
        """Read everything, or only the devices and streams of these kinds.

        Raises:
            Unreachable: there is no server, or it is not responding.
        """
        store = self._read(self._connected(), kinds)
        server = store.server
        label = availability.label(server) if server else ""
        return Snapshot(
            statuses=(Status("pulse", Phase.READY, label),),
            controls=store.controls,
            server_cards=store.server_cards,
            server=server,
        )

    def apply(self, command: Command) -> None:
        """Execute one command, and return once other clients can see its effect.

        PulseAudio acknowledges what it has done, PipeWire what it is going to do. In most cases, the first
        check, a fraction of a millisecond later, finds it done.

        Raises:
            Unreachable: the server does not exist or is gone.
            Refused: the server refused the command, it had no effect, or its target does not exist.
        """
        client = self._connected()
        store = self._store or self._read(client)
        doubt = unverified(command, store)
        call = call_for(command, store)
        client.call(call.method, *call.arguments)
        if store.server is None or store.server.name != "PipeWire" or not patience(command):
            return
        with contextlib.ExitStack() as stack:
            if isinstance(command, MoveStream | SetDefault):
                # PipeWire's PulseAudio server acknowledges a move before it passes it on, and forgets it if
                # the client disconnects in between; and for a second, it shows that client the move as done.
                # Now and then, a client that has set the default device is shown the old one from then on.
                # So these are checked through another connection, while this one stays open, and what is read
                # afterwards comes from the other one, too.
                self._client = self._another()
                stack.callback(client.close)
                client = self._client
            if text := self._outcome(client, store, doubt):
                raise Refused(text)

    def close(self) -> None:
        """Disconnect; may be called twice."""
        if self._client is not None:
            self._client.close()
        self._client = self._store = None

    def _connected(self) -> "Client":
        if self._client is None:
            self._client = self._another()
        return self._client

    def _another(self) -> "Client":
        found = self.servers()
        return availability.connect(found.chosen, found, self._patience)

    def _read(self, client: "Client", kinds: frozenset[Kind] | None = None) -> Store:
        found = self.servers().chosen.found
        store = Store(found.address, found.why, availability.is_local(found.address))
        store.put_server(client.call("read_server"))
        if kinds is None:
            store.keep_cards(client.call("read_cards"))
        for kind in (Kind.SINK, Kind.SOURCE, Kind.SINK_INPUT, Kind.SOURCE_OUTPUT):
            if kinds is None or kind in kinds:
                store.keep(kind, client.call(f"read_{kind}s"))
        for index in store.unknown_clients():
            with contextlib.suppress(Refused):  # the client is gone, and so is its stream
                store.put_client(client.call("read_client", index))
        if kinds is None:
            self._read_extensions(client, store)
        store.settle()
        self._store = store
        return store

    def _outcome(self, client: "Client", store: Store, doubt: Unverified) -> str:
        """Wait until a command has taken effect; returns an error message, or an empty string if it has."""
        end = time.monotonic() + patience(doubt.command)
        while True:
            for facility, index in affected(doubt.command, store):
                self._read_part(client, store, facility, index)
            store.settle()
            text = ignored(doubt, store, "PipeWire")
            if not text or time.monotonic() >= end:
                return text
            time.sleep(_PAUSE)

    def _read_part(self, client: "Client", store: Store, facility: str, index: int | None) -> None:
        if index is not None:
            kind = Kind(facility)
            try:
                store.put(kind, client.call(f"read_{facility}", index))
            except Refused:  # the object is gone
                store.remove(kind, index)
        elif facility == "server":
            store.put_server(client.call("read_server"))
        elif facility == "card":
            store.keep_cards(client.call("read_cards"))
        elif facility == "stored":
            store.put_stored(client.call("read_stored"))
        else:
            store.put_formats(client.call("read_all_formats"))

    def _read_extensions(self, client: "Client", store: Store) -> None:
        """Read what only some servers have."""
        if client.call("stream_restore_test") is not None:
            store.put_stored(client.call("read_stored"))
        with contextlib.suppress(Refused):
            store.put_formats(client.call("read_all_formats"))
        for card in store.bluetooth_cards():
            with contextlib.suppress(Refused):
                listing, current = (
                    client.call("send_message", codec_message(card.name, name))
                    for name in ("list-codecs", "get-codec")
                )
                store.put_codecs(card.index, translate.codecs(listing, current))
