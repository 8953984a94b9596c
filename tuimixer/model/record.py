"""A stand-in for `dataclass` that creates the model's frozen, slotted records in a tenth of the time.

The standard decorator imports `inspect` and compiles six functions per class at import time. For this model,
that takes 70 ms, which is as long as an entire volume step from a key press may take. This decorator compiles
a class's `__init__` only after many instances have been created, shares the other methods, and creates the
standard `__dataclass_fields__` only if something (msgspec) asks for it.

`msgspec.Struct` would do the same, but importing msgspec takes 52 ms of CPU time (34 without
typing_extensions), whereas importing this whole model takes 27 (medians of 50 alternating runs, minus the
time of a bare interpreter). Only the engine and the screen import msgspec, because they need its JSON support
anyway.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass, field, replace
    from typing import Any
else:
    from operator import attrgetter

    _WORTH_COMPILING = 10
    """Number of instances whose creation without a compiled `__init__` takes as long as compiling one."""

    class _Factory:
        """A default value that is created separately for each instance."""

        __slots__ = ("make",)

        def __init__(self, make: Callable[[], Any]) -> None:
            self.make = make

    def field(*, default_factory: Callable[[], Any]) -> _Factory:
        """A field whose default value is created separately for each instance."""
        return _Factory(default_factory)

    def dataclass(*, frozen: bool, slots: bool) -> Callable[[type], type]:
        """Turn a class into a frozen record with slots; inheritance and `__post_init__` are not supported."""
        assert frozen
        assert slots
        return _record

    def replace(record: Any, /, **changes: object) -> Any:
        """A copy of the record with some values changed."""
        return type(record)(**{name: getattr(record, name) for name in record.__slots__} | changes)

    def _record(cls: type) -> type:
        names = tuple(cls.__annotations__)
        body = {name: value for name, value in vars(cls).items() if name not in ("__dict__", "__weakref__")}
        defaults = {name: body.pop(name) for name in names if name in body}
        values = attrgetter(*names) if len(names) > 1 else _single(names[0])
        body |= {
            "__slots__": names,
            "__match_args__": names,
            "__qualname__": cls.__qualname__,
            "__init__": _first_init(names, defaults),
            "__eq__": lambda self, other: (
                values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented
            ),
            "__hash__": lambda self: hash(values(self)),
            "__repr__": _repr,
            "__reduce__": lambda self: (type(self), values(self)),
            "__setattr__": _refuse,
            "__delattr__": _refuse,
            "__dataclass_fields__": _Fields(names, defaults),
        }
        return type(cls)(cls.__name__, cls.__bases__, body)

    def _single(name: str) -> Callable[[Any], tuple[Any]]:
        get = attrgetter(name)
        return lambda self: (get(self),)

    def _first_init(names: tuple[str, ...], defaults: dict[str, Any]) -> Callable[..., None]:
        """An `__init__` that replaces itself with a compiled one once that pays off, or on wrong
        arguments.
        """
        wanted, instances = frozenset(names), 0

        def __init__(self: object, *args: object, **kwargs: object) -> None:  # noqa: N807
            nonlocal instances
            instances += 1
            given = dict(zip(names, args, strict=False))
            given.update(kwargs)
            unclear = len(given) != len(args) + len(kwargs) or given.keys() | defaults.keys() != wanted
            if unclear or instances > _WORTH_COMPILING:
                cls = type(self)
                cls.__init__ = _compiled(names, defaults)
                cls.__init__(self, *args, **kwargs)
                return
            for name in names:
                if name in given:
                    value = given[name]
                else:
                    value = defaults[name]
                    if isinstance(value, _Factory):
                        value = value.make()
                object.__setattr__(self, name, value)

        return __init__

    def _compiled(names: tuple[str, ...], defaults: dict[str, Any]) -> Callable[..., None]:
        scope: dict[str, Any] = {"_set": object.__setattr__}
        parameters, lines = ["self"], []
        for name in names:
            value = name
            if name in defaults:
                default = defaults[name]
                scope[f"_default_{name}"] = default
                parameters.append(f"{name}=_default_{name}")
                if isinstance(default, _Factory):
                    value = f"_default_{name}.make() if {name} is _default_{name} else {name}"
            else:
                parameters.append(name)
            lines.append(f"    _set(self, {name!r}, {value})")
        exec(f"def __init__({', '.join(parameters)}):\n" + "\n".join(lines), scope)
        return scope["__init__"]

    def _repr(self: Any) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__qualname__}({shown})"

    def _refuse(self: object, name: str, *value: object) -> None:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot change field {name!r}")

    class _Fields:
        """The standard table of fields, created on first access."""

        def __init__(self, names: tuple[str, ...], defaults: dict[str, Any]) -> None:
            self._names, self._defaults = names, defaults

        def __get__(self, instance: object, cls: type) -> dict[str, Any]:
            import dataclasses

            # With no methods to generate and a docstring present, the decorator has nothing to compile.
            body = {
                "__annotations__": dict(cls.__annotations__),
                "__module__": cls.__module__,
                "__doc__": "-",
            }
            for name, default in self._defaults.items():
                body[name] = (
                    dataclasses.field(default_factory=default.make)
                    if isinstance(default, _Factory)
                    else default
                )
            bare = dataclasses.dataclass(init=False, repr=False, eq=False, match_args=False)
            fields = bare(type(cls.__name__, (), body)).__dataclass_fields__
            cls.__dataclass_fields__ = fields
            return fields


__all__ = ["dataclass", "field", "replace"]
