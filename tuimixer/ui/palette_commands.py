"""All actions of the main screen for Textual's command palette; imported when the palette is opened."""

from collections.abc import AsyncIterator
from functools import partial
from typing import cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tuimixer.config.actions import ACTIONS
from tuimixer.ui.app import TuiMixerApp


class ActionCommands(Provider):
    """Lists the actions by what they do, each with its first key."""

    def _entries(self) -> list[tuple[str, str, partial[None]]]:
        app = cast("TuiMixerApp", self.app)
        known = app.main.actions
        return [
            (
                action.help,
                "  ".join([action.group, app.main.renderer.label(action.id)]).rstrip(),
                partial(app.main.do, action.id),
            )
            for action in ACTIONS
            if action.id in known and action.id != "palette"
        ]

    async def discover(self) -> Hits:
        for text, keys, run in self._entries():
            yield DiscoveryHit(text, run, help=keys)

    async def search(self, query: str) -> AsyncIterator[Hit]:
        words = query.casefold().split()
        for text, keys, run in self._entries():
            if all(word in f"{text} {keys}".casefold() for word in words):
                first = text.casefold().startswith(query.casefold().strip())
                yield Hit(2 if first else 1, text, run, help=keys)
