"""The inputs of a graph as the parameters of a call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from dataflow.errors import InputError
from dataflow.loading import load
from dataflow.ops import ABSENT, Input


@attrs.frozen
class Inputs:
    """Binds a call's arguments to input names, as Python binds them to parameters.

    >>> Inputs.of("ensemble", [Input("image"), Input("size", 224)]).bind((b"png",), {})
    {'image': b'png', 'size': 224}
    """

    flow: str
    names: tuple[str, ...]
    defaults: Mapping[str, object]
    refused: frozenset[type] = frozenset()

    @classmethod
    def of(cls, flow: str, inputs: Sequence[Input], refused: Iterable[type] = ()) -> Inputs:
        """The inputs of a flow, in the order of its parameters; values of some types are refused: nodes."""
        defaults = {given.name: given.default for given in inputs if given.default is not ABSENT}
        return cls(flow, tuple(given.name for given in inputs), defaults, frozenset(refused))

    def bind(self, args: Sequence[object], kwargs: Mapping[str, object]) -> Mapping[str, object]:
        """A value for each name.

        Raises:
            InputError: a value is missing, is for no input, or is given twice.
        """
        return dict(zip(self.names, self.ordered(args, kwargs), strict=True))

    def ordered(self, args: Sequence[object], kwargs: Mapping[str, object]) -> Sequence[object]:
        """The same values, in the order of the names."""
        if kwargs or len(args) != len(self.names):
            return self._completed(args, kwargs)
        for value in args:
            if type(value) in self.refused:
                self._refuse_nodes(args)
        return args

    def _completed(self, args: Sequence[object], kwargs: Mapping[str, object]) -> Sequence[object]:
        self._refuse_nodes((*args, *kwargs.values()))
        self._refuse_strangers(args, kwargs)
        values = {**self.defaults, **dict(zip(self.names, args, strict=False)), **kwargs}
        missing = [name for name in self.names if name not in values]
        if missing:
            raise InputError(f"{self.flow} is missing {_count(missing)}; its inputs are {self}")
        return [values[name] for name in self.names]

    def _refuse_nodes(self, values: Sequence[object]) -> None:
        for value in values:
            if type(value) in self.refused:
                raise InputError(f"{self.flow} is called with values, not with {value!r}; to wire nodes, call the flow")

    def _refuse_strangers(self, args: Sequence[object], kwargs: Mapping[str, object]) -> None:
        if len(args) > len(self.names):
            raise InputError(f"{self.flow} takes {len(self.names)} inputs, not {len(args)}; they are {self}")
        for name in kwargs:
            if name not in self.names:
                near = load("difflib").get_close_matches(name, self.names, 1)
                hint = f"; did you mean {near[0]!r}?" if near else f"; its inputs are {self}"
                raise InputError(f"{self.flow} has no input {name!r}{hint}")
            if name in self.names[: len(args)]:
                raise InputError(f"{self.flow} was given {name!r} twice, by position and by name")

    def __str__(self) -> str:
        shown = (f"{name}={self.defaults[name]!r}" if name in self.defaults else name for name in self.names)
        return f"({', '.join(shown)})"


def _count(names: Sequence[str]) -> str:
    return f"input{'s' if len(names) > 1 else ''} {', '.join(repr(name) for name in names)}"
