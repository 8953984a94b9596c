"""`profile`, `codec` and `card`: the sound server's cards, and ALSA's."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from tuimixer.cli.failure import DONE, NoMatch, Usage, report
from tuimixer.cli.grammar import Verb
from tuimixer.cli.invocation import Invocation
from tuimixer.cli.options import JSON, WHERE
from tuimixer.cli.output import print_json, write
from tuimixer.cli.servers import server_lines, servers_json
from tuimixer.model.command import SetCodec, SetProfile
from tuimixer.model.control import Device, Layer, Port
from tuimixer.model.snapshot import AlsaCard, Profile, ServerCard
from tuimixer.model.text import shown
from tuimixer.wiring import inspect_host

_OPTIONS = (JSON, *WHERE)
_NO_CODECS = "the server has no Bluetooth card with a choice of codecs"
Named = TypeVar("Named", Port, Profile, ServerCard)

VERBS = (
    Verb(
        "profile",
        "[CARD [PROFILE]]",
        "set a card's profile, or list its profiles",
        "CARD is one of the sound server's cards. Without CARD, all cards are listed.",
        _OPTIONS,
        (("tuimixer profile", "list all cards with their profiles"),),
        most=2,
        complete=("server_card", "profile"),
    ),
    Verb(
        "codec",
        "[CARD [CODEC]]",
        "set a Bluetooth card's codec, or list its codecs",
        "CARD is one of the sound server's cards. Without CARD, all cards that offer codecs are listed.",
        _OPTIONS,
        (("tuimixer codec", "list the Bluetooth cards with their codecs"),),
        most=2,
        complete=("server_card", "codec"),
    ),
    Verb(
        "card",
        "[CARD]",
        "list the ALSA cards and the sound server's cards, or describe a card",
        "Without CARD, the list includes the machine's sound servers, and shows which one is in use and why.",
        _OPTIONS,
        (("tuimixer card", "list all cards and sound servers"),),
        most=1,
        complete=("card",),
    ),
)


def run(call: Invocation) -> int:
    """Carry out one of the verbs."""
    act: Callable[[Invocation], None] = {"profile": _profile, "codec": _codec, "card": _card}[call.verb]
    act(call)
    return DONE


def _profile(call: Invocation) -> None:
    cards = call.read(Layer.PULSE).server_cards
    if call.words:
        cards = (pick(call.words[0], cards, "the server has no card"),)
    if len(call.words) == 2:
        profile = pick(call.words[1], cards[0].profiles, f"{cards[0].description} has no profile")
        call.apply(SetProfile(cards[0].id, profile.name))
        cards = tuple(card for card in call.read(Layer.PULSE).server_cards if card.id == cards[0].id)
        if not call.json:
            return
    if call.json:
        print_json({"cards": [_server_card_json(card) for card in cards]})
        return
    if not cards:
        report("the server has no cards")
    for card in cards:
        write(f"{card.description} ({card.server_name})")
        _write_profiles(card)


def _write_profiles(card: ServerCard) -> None:
    for profile in card.profiles:
        mark = "*" if profile.name == card.profile else " "
        write(f"{mark} {profile.name}  {profile.description}{plug(profile.available)}")


def _codec(call: Invocation) -> None:
    cards = [card for card in call.read(Layer.PULSE).server_cards if card.codecs]
    if call.words:
        cards = [pick(call.words[0], cards, "no Bluetooth card with a choice of codecs is called")]
    if len(call.words) == 2:
        codec = _named_codec(call.words[1], cards[0])
        call.apply(SetCodec(cards[0].id, codec))
        if not call.json:
            return
        cards = [card for card in call.read(Layer.PULSE).server_cards if card.id == cards[0].id]
    if call.json:
        print_json({"cards": [_codecs_json(card) for card in cards]})
        return
    if not cards:
        report(_NO_CODECS)
    for card in cards:
        write(f"{card.description} ({card.server_name})")
        for name, description in card.codecs:
            write(f"{'*' if name == card.codec else ' '} {name}  {description}")


def _named_codec(text: str, card: ServerCard) -> str:
    folded = text.casefold()
    found = [name for name, description in card.codecs if folded in (name.casefold(), description.casefold())]
    if not found:
        known = ", ".join(name for name, _ in card.codecs)
        raise NoMatch(f"{card.description} has no codec {shown(text)}; available: {known}")
    return found[0]


def _codecs_json(card: ServerCard) -> dict[str, Any]:
    return {
        "id": card.id,
        "codec": card.codec,
        "codecs": [{"name": name, "description": description} for name, description in card.codecs],
    }


def _card(call: Invocation) -> None:
    snapshot, failures = call.read_all()
    alsa, servers = list(snapshot.alsa_cards), list(snapshot.server_cards)
    if call.words:
        text = call.words[0].casefold()
        alsa = [
            c
            for c in alsa
            if text in (c.id.casefold(), str(c.number), f"hw:{c.number}") or text in c.name.casefold()
        ]
        servers = [
            c
            for c in servers
            if text == (c.alsa_card or "").casefold()
            or text in c.server_name.casefold()
            or text in c.description.casefold()
        ]
        if not alsa and not servers:
            raise NoMatch(f"there is no card {shown(call.words[0])}")
    if call.json:
        print_json(
            {
                "alsa": [_alsa_json(card) for card in alsa],
                "server": [_server_card_json(card) for card in servers],
                "servers": servers_json(snapshot, inspect_host(call.options)),
            }
        )
        return
    for card in alsa:
        number = "-" if card.number is None else str(card.number)
        write(f"{number:>2}  {card.id}  {card.name}  {card.reason or f'{card.controls} controls'}")
        for jack in card.jacks if call.words else ():
            write(f"      {jack.name}: {'plugged' if jack.plugged else 'unplugged'}")
    for server_card in servers:
        write(
            f" s  {server_card.server_name}  {server_card.description}  {server_card.profile or ''}".rstrip()
        )
        if call.words:
            _write_profiles(server_card)
    if not call.words:
        for line in server_lines(snapshot, inspect_host(call.options)):
            write(line)
        for failure in failures:
            write(f" -  {failure}")


def pick(text: str, things: Sequence[Named], nothing: str) -> Named:
    """The port, profile or card with this name, else the only one whose name or description contains it.

    Raises:
        Usage: several match.
        NoMatch: none matches; the message begins with `nothing`.
    """
    folded = text.casefold()
    named = [(thing, [name.casefold() for name in _names(thing)]) for thing in things]
    found = [thing for thing, names in named if folded in names]
    found = found or [thing for thing, names in named if any(folded in name for name in names)]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(_names(thing)[0] for thing in found or things)
    if found:
        raise Usage(f"{shown(text)} is ambiguous; it matches {listed}")
    raise NoMatch(f"{nothing} {shown(text)}; available: {listed}" if listed else f"{nothing} {shown(text)}")


def _names(thing: Port | Profile | ServerCard) -> list[str]:
    if isinstance(thing, ServerCard):
        return [thing.server_name, thing.description, thing.id, str(thing.index), thing.alsa_card or thing.id]
    return [thing.name, thing.description]


def plug(available: bool | None) -> str:
    """The suffix for an unavailable port or profile; otherwise empty."""
    return "" if available is None or available else "  (unplugged)"


def _part_json(part: Port | Profile) -> dict[str, Any]:
    return {"name": part.name, "description": part.description, "available": part.available}


def ports_json(device: Device) -> list[dict[str, Any]]:
    """A device's ports as JSON."""
    return [_part_json(port) | {"active": port.name == device.port} for port in device.ports]


def _server_card_json(card: ServerCard) -> dict[str, Any]:
    return {
        "id": card.id,
        "name": card.server_name,
        "description": card.description,
        "card": card.alsa_card,
        "profile": card.profile,
        "profiles": [_part_json(profile) for profile in card.profiles],
        "ports": [_part_json(port) for port in card.ports],
    }


def _alsa_json(card: AlsaCard) -> dict[str, Any]:
    return {
        "id": card.id,
        "number": card.number,
        "name": card.name,
        "driver": card.driver,
        "mixer": card.mixer,
        "loopback": card.loopback,
        "controls": card.controls,
        "jacks": [{"name": jack.name, "plugged": jack.plugged} for jack in card.jacks],
        "reason": card.reason or None,
    }
