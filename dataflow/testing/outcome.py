"""How a run ended, as data that can be compared."""

from __future__ import annotations

from collections.abc import Callable

import attrs


@attrs.frozen
class Outcome:
    """A value, or an error's type, arguments and attributes; each as text, which tells 1 from True."""

    value: str = ""
    error: str = ""
    raised: BaseException | None = attrs.field(default=None, eq=False, repr=False)


def outcome(work: Callable[[], object]) -> Outcome:
    """How a call ends.

    Raises:
        KeyboardInterrupt: the user stopped it.

    >>> outcome(lambda: [1])
    Outcome(value='[1]', error='')
    >>> outcome(lambda: {}["key"])
    Outcome(value='', error="builtins.KeyError('key') {}")
    """
    try:
        return Outcome(value=text(work()))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever else it is, it is what is compared
        kind = type(error)
        attributes = {name: value for name, value in vars(error).items() if name != "__notes__"}
        arguments = ", ".join(map(text, error.args))
        return Outcome(error=f"{kind.__module__}.{kind.__qualname__}({arguments}) {text(attributes)}", raised=error)


def text(value: object) -> str:
    """`repr`, in which the items of sets are sorted.

    >>> text([{"b", "a"}, (1,)])
    "[set('a', 'b'), (1,)]"
    """
    match value:
        case set() | frozenset():
            return f"{type(value).__name__}({', '.join(sorted(map(text, value)))})"
        case list():
            return f"[{', '.join(map(text, value))}]"
        case dict():
            return f"{{{', '.join(f'{text(key)}: {text(part)}' for key, part in value.items())}}}"
        case tuple() if type(value) is tuple:
            return f"({', '.join(map(text, value))},)"
        case _:
            return repr(value)
