"""The protocol between screen and engine. Each line is a JSON array, `[kind, body]`, typed by the model."""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

import msgspec
from msgspec import Raw, Struct, structs

from tuimixer.backend.engine.delta import Delta
from tuimixer.backend.engine.first_lines import LINE_AIM, PROTOCOL
from tuimixer.model.command import Command
from tuimixer.model.control import ControlId
from tuimixer.model.snapshot import Levels, Notice
from tuimixer.model.system import System
from tuimixer.model.text import clean

LINE_LIMIT = 1 << 20
"""Maximum length of a line in bytes; a longer one ends the connection."""
HELLO_START = b'["hello",'
"""Start of an engine's first line."""
_PEAK_STEPS = 999
_TOO_DEEP = "sent a line that is nested too deeply"


class ProtocolError(Exception):
    """The peer does not follow the protocol; the message is a predicate to put after the peer's name, without
    a full stop. It may quote the input, cleaned.
    """

    def __init__(self, text: str) -> None:
        super().__init__(clean(text))


class Hello(Struct, frozen=True):
    """The engine's first line."""

    protocol: int
    version: str
    host: str
    user: str


class LevelsLine(Struct, frozen=True, array_like=True):
    """Peak levels, dropped when the reader is slow."""

    serial: int
    watch: int
    """Number of the `Watch` whose ids the rows refer to."""
    rows: tuple[tuple[int, ...], ...]
    """For each control, the index of its id, then for each channel the cube root of the amplitude, scaled to
    0 to 999.
    """


class SystemLine(Struct, frozen=True):
    """Result of an inspection."""

    number: int
    system: System


class CommandLine(Struct, frozen=True, array_like=True):
    """A command and its number, which a later delta acknowledges."""

    number: int
    name: str
    body: Raw


class Watch(Struct, frozen=True):
    """A request for the peak levels of these controls, `rate` times a second; without ids, none are sent."""

    number: int
    ids: tuple[ControlId, ...]
    rate: float


class Number(Struct, frozen=True, array_like=True):
    """The body of `inspect` (the request's number), `ping` and `pong` (a number to echo), and `seen` (the
    newest serial read).
    """

    value: int


Body = Hello | Delta | LevelsLine | Notice | SystemLine | CommandLine | Watch | Number

_BODIES: dict[str, type[Any]] = {
    "hello": Hello,
    "delta": Delta,
    "levels": LevelsLine,
    "notice": Notice,
    "system": SystemLine,
    "command": CommandLine,
    "watch": Watch,
    "inspect": Number,
    "ping": Number,
    "pong": Number,
    "seen": Number,
}
_COMMANDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Command)}


class _Envelope(Struct, array_like=True, frozen=True):
    kind: str
    body: Raw


_encoder = msgspec.json.Encoder()
_envelope = msgspec.json.Decoder(_Envelope)


@cache
def _body_decoder(kind: str) -> "msgspec.json.Decoder[Body]":
    return msgspec.json.Decoder(_BODIES[kind])


@cache
def _command_decoder(name: str) -> "msgspec.json.Decoder[Command]":
    return msgspec.json.Decoder(_COMMANDS[name])


def encode(kind: str, body: Body) -> bytes:
    """One line, including the newline.

    Raises:
        ProtocolError: the line would exceed the limit.
    """
    line = _encode((kind, body))
    if len(line) >= LINE_LIMIT:
        raise ProtocolError(f"a line of {len(line)} bytes is too long")
    return line + b"\n"


def _encode(value: Any) -> bytes:
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        # A lone surrogate (an undecodable byte in a name) cannot be encoded as UTF-8.
        return _encoder.encode(_without_surrogates(msgspec.to_builtins(value)))


def decode(line: bytes) -> tuple[str, Body]:
    """Kind and body of one line.

    Raises:
        ProtocolError: the line is not a message of this protocol.
    """
    try:
        envelope = _envelope.decode(line)
        body = _body_decoder(envelope.kind).decode(envelope.body)
    except KeyError:
        raise ProtocolError("sent a message of an unknown kind") from None
    except RecursionError:
        raise ProtocolError(_TOO_DEEP) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        start = line[:60].decode("utf-8", "replace")
        raise ProtocolError(f"sent a line that could not be parsed ({error}): {start!r}") from None
    return envelope.kind, body


def check_hello(kind: str, body: Body, version: str) -> Hello:
    """The message, if it is a greeting of the same protocol.

    Raises:
        ProtocolError: the message is something else, or of another version of the protocol.
    """
    if not isinstance(body, Hello):
        raise ProtocolError(f"began with {kind!r} instead of a greeting")
    if body.protocol != PROTOCOL:
        raise ProtocolError(
            f"runs tuimixer {clean(body.version, 40)} (protocol {body.protocol}), but this machine runs "
            f"{version} (protocol {PROTOCOL}); install the same version on both"
        )
    return body


def delta_lines(delta: Delta) -> Iterator[bytes]:
    """The lines of a delta; if it is too long for one, all but the last are marked with `more`."""
    try:
        line = encode("delta", delta)
    except ProtocolError:
        line = b""
    if 0 < len(line) <= LINE_AIM or (line and len(delta.controls) < 2):
        yield line
    elif len(delta.controls) >= 2:
        half = len(delta.controls) // 2
        yield from delta_lines(
            Delta(serial=delta.serial, removed=delta.removed, controls=delta.controls[:half], more=True)
        )
        yield from delta_lines(structs.replace(delta, removed=(), controls=delta.controls[half:]))
    elif delta.controls and delta.controls[0].properties:
        # Properties are only details; a control without them is better than none.
        yield from delta_lines(
            structs.replace(delta, controls=(structs.replace(delta.controls[0], properties={}),))
        )
    else:
        raise ProtocolError("a change is too long for a line")


def pack_command(number: int, command: Command) -> bytes:
    """The line that sends a command."""
    return encode("command", CommandLine(number, type(command).__name__, Raw(_encode(command))))


def unpack_command(line: CommandLine) -> Command:
    """The command in a line.

    Raises:
        ProtocolError: there is no such command, or its arguments are invalid.
    """
    try:
        return _command_decoder(line.name).decode(line.body)
    except KeyError:
        raise ProtocolError(f"sent an unknown command {line.name[:40]!r}") from None
    except RecursionError:
        raise ProtocolError(_TOO_DEEP) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"sent a {line.name} that could not be parsed ({error})") from None


def pack_levels(serial: int, watch: Watch, levels: Levels) -> bytes:
    """The line that sends the levels of a watch."""
    rows = tuple(
        (index, *(_quantised(peak) for peak in levels.peaks[known]))
        for index, known in enumerate(watch.ids)
        if known in levels.peaks
    )
    return encode("levels", LevelsLine(serial, watch.number, rows))


def unpack_levels(line: LevelsLine, watch: Watch) -> Levels:
    """The levels in a line; empty if it belongs to an older watch."""
    if line.watch != watch.number:
        return Levels({})
    return Levels(
        {
            watch.ids[row[0]]: tuple((min(max(step, 0), _PEAK_STEPS) / _PEAK_STEPS) ** 3 for step in row[1:])
            for row in line.rows
            if row and 0 <= row[0] < len(watch.ids)
        }
    )


def _quantised(peak: float) -> int:
    return round(_PEAK_STEPS * min(peak, 1.0) ** (1 / 3)) if peak > 0 else 0


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(inner) for inner in value]
    return value
