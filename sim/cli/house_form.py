"""Commands that say what is wrong with their words as the rest of the program does: what, where, what is allowed, nearest name."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator
from enum import Enum
from types import NoneType
from typing import Any, Final, NamedTuple, NoReturn, get_args, get_type_hints

import typer
from typer.core import TyperCommand, TyperGroup

#: The kind of error that the library below raises for words that do not fit a command.
_UNFIT: Final[type[Exception]] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "UsageError")
#: What the help calls words that name a file or a folder, and what they are.
_PATHS: Final = {"DIR": "the name of a folder", "FILE": "the name of a file", "PATH": "a path"}


class _Declared(NamedTuple):
    """What the function of a command says of one of its options: the type of its values, and the least and most of them."""

    kind: Any
    least: float | None
    most: float | None

    @property
    def allowed(self) -> str | tuple[str, ...]:
        """What a value may be: the names of a choice, or a number and its range; nothing for a text."""
        if inspect.isclass(self.kind) and issubclass(self.kind, Enum):
            return tuple(str(one.value) for one in self.kind)
        if self.kind not in (int, float):
            return ""
        what = "a whole number" if self.kind is int else "a number"
        if self.least is None or self.most is None:
            return what if self.least is None else f"{what}, {self.least:g} or more"
        return f"{what} from {self.least:,g} to {self.most:,g}"

    def check(self, option: str, given: str) -> None:
        """Raise InputError for a value that is none of these."""
        from totalplace.scenarios.errors import InputError, UnknownName

        if isinstance(self.allowed, tuple):
            if given not in self.allowed:
                raise UnknownName("choice", given, self.allowed, file=option)
            return
        if self.kind not in (int, float):
            return
        value = _number(given, self.kind)
        if value is None:
            raise InputError(f"'{given}' is not {self.allowed.split(',')[0].split(' from')[0]}", file=option, allowed=self.allowed)
        if not (-math.inf if self.least is None else self.least) <= value <= (math.inf if self.most is None else self.most):
            raise InputError(f"{given} is out of range", file=option, allowed=self.allowed)


class _InHouseForm:
    """What commands and groups of commands have in common."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the words of a command. Raises InputError for those that cannot be used."""
        if args and not ctx.resilient_parsing:
            try:
                values, rest, given = self.make_parser(ctx).parse_args(args=list(args))  # type: ignore[attr-defined]
            except _UNFIT as error:
                _say(error, ctx)
            self._check(ctx, values, given)
            if rest and isinstance(self, TyperCommand):
                _refuse_more(ctx, rest[0])
        try:
            return super().parse_args(ctx, args)  # type: ignore[misc]
        except _UNFIT as error:
            _say(error, ctx)

    def invoke(self, ctx: Any) -> Any:
        """Run the command. An InputError that speaks of the value of an option says which."""
        from totalplace.scenarios.errors import InputError

        try:
            return super().invoke(ctx)  # type: ignore[misc]
        except InputError as error:
            _say_where(error, ctx)
            raise

    def _check(self, ctx: Any, values: dict[str, Any], given: list[Any]) -> None:
        """Raise InputError for an option given twice where one value counts, for an empty value, and for one of the wrong kind."""
        from totalplace.scenarios.errors import InputError

        if "help" in values and any(one.name == "help" for one in given):
            return
        declared = _declared(ctx.command.callback)
        for one in ctx.command.params:
            repeatable = getattr(one, "multiple", False) or getattr(one, "is_flag", False)
            if one.param_type_name == "option" and not repeatable and sum(other is one for other in given) > 1:
                raise InputError(f"The option '{_name(one)}' is given twice", allowed=f"{_name(one)} {one.metavar or 'VALUE'} once")
            for text in _texts(values.get(one.name)):
                _refuse_empty(one, text, declared.get(one.name))
                if one.name in declared and not getattr(one, "is_flag", False):
                    declared[one.name].check(_name(one), text)


class HouseCommand(_InHouseForm, TyperCommand):
    """A command."""


class HouseGroup(_InHouseForm, TyperGroup):
    """A group of commands."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the first word names. Raises UnknownName."""
        from totalplace.scenarios.errors import UnknownName

        if self.get_command(ctx, args[0]) is None:
            raise UnknownName("command", args[0], self.list_commands(ctx), where=f"of '{ctx.command_path}'")
        return super().resolve_command(ctx, args)


def _declared(function: Any) -> dict[str, _Declared]:
    """What a function says of its options and arguments, by the name of its parameter."""
    if function is None:
        return {}
    found = {}
    for name, hint in get_type_hints(inspect.unwrap(function), include_extras=True).items():
        kind, *more = get_args(hint) or (hint,)
        info = next((one for one in more if hasattr(one, "min")), None)
        while inner := [one for one in get_args(kind) if one is not NoneType]:
            kind = inner[0]
        found[name] = _Declared(kind, getattr(info, "min", None), getattr(info, "max", None))
    return found


def _texts(value: Any) -> Iterator[str]:
    """The words given for an option or argument."""
    for one in value if isinstance(value, list | tuple) else [value]:
        if isinstance(one, str):
            yield one


def _number(text: str, kind: type) -> float | None:
    """A number of a kind as a text says it; None where it does not."""
    try:
        value: float = kind(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _name(one: Any) -> str:
    """What a user calls an option or argument."""
    return str(max(one.opts, key=len) if one.param_type_name == "option" else one.metavar or one.name.upper())


def _refuse_empty(one: Any, text: str, declared: _Declared | None) -> None:
    """Raise InputError for an empty value: to the system an empty path would be the current folder, to a command nothing at all."""
    from totalplace.scenarios.errors import InputError

    if text.strip():
        return
    path = next((what for word, what in _PATHS.items() if str(one.metavar).startswith(word)), "")
    if path:
        raise InputError(f"'{_name(one)}' is given as an empty name", allowed=path)
    allowed = declared.allowed if declared is not None else ""
    or_none = f"a {one.metavar or 'TEXT'}" + (f", or no {_name(one)}" if not one.required else "")
    raise InputError(f"'{_name(one)}' is given an empty value", allowed=allowed or or_none)


def _refuse_more(ctx: Any, word: str) -> NoReturn:
    """Raise InputError for a word that is none of a command's."""
    from totalplace.scenarios.errors import InputError

    takes = [_name(one) for one in ctx.command.params if one.param_type_name == "argument"]
    form = f"'{' '.join([ctx.command_path, *takes])}' and its options; a name of several words stands in quotation marks"
    raise InputError(f"'{word}' is one word too many for '{ctx.command_path}'", allowed=form)


def _say(error: Exception, ctx: Any) -> NoReturn:
    """Raise, in the form of the house, what the library below says of the words of a command."""
    from totalplace.scenarios.errors import InputError, UnknownName

    if hasattr(error, "possibilities"):
        options = [name for name in _options(ctx) if name.startswith("--")]
        raise UnknownName("option", str(vars(error)["option_name"]), options, where=f"of '{ctx.command_path}'") from None
    if hasattr(error, "option_name"):
        option = _options(ctx)[str(error.option_name)]
        name, flag = _name(option), getattr(option, "is_flag", False)
        allowed = f"{name} alone" if flag else f"{name} {option.metavar or 'VALUE'}"
        raise InputError(f"The option '{name}' {'takes' if flag else 'has'} no value", allowed=allowed) from None
    missing = getattr(error, "param", None)
    if missing is None or not type(error).__name__.startswith("Missing"):
        raise error
    says = str(getattr(missing, "help", None) or "a value")
    raise InputError(
        f"{_name(missing)} is missing from '{ctx.command_path}'", allowed=says[:1].lower() + says[1:]
    ) from None


def _options(ctx: Any) -> dict[str, Any]:
    """The options of a command by each of their names."""
    return {name: one for one in ctx.command.get_params(ctx) for name in (*one.opts, *one.secondary_opts)}


def _say_where(error: Any, ctx: Any) -> None:
    """Put the option whose value an error speaks of before what it says, where it does not say it yet."""
    for one in ctx.command.params:
        source = ctx.get_parameter_source(one.name)
        if one.param_type_name != "option" or source is None or source.name != "COMMANDLINE":
            continue
        value = ctx.params.get(one.name)
        for text in [str(part) for part in (value if isinstance(value, list | tuple) else [value])]:
            if error.file == f"{one.name}={text}" or (error.file is None and f"'{text}'" in error.message):
                error.file = _name(one)
                return
            if error.file == text and error.line is None:
                error.file = f"{_name(one)} {text}"
                return
