"""Whether the two ends of a wire agree: annotations compared when asked for, for people without a type checker.

An annotation is read as a term (`annotations`, `terms`), each op of a graph is given the term of its value (`infer`),
and what goes into a parameter is compared with what the parameter takes (`compare`). "No" is said only for what a
strict type checker would refuse too, and what it may not refuse for certain agrees: no annotation, `Any`, a name that
cannot be found, a construct that is not listed here.

| annotation | is compared so |
|---|---|
| `int` for `float`, `float` for `complex`, `bytearray` for `bytes` | agrees; numbers of other packages by `numbers` |
| a subclass for its base, `bool` for `int` | agrees; a base for its subclass does not |
| `A | B` given | each must be accepted; `Optional[int]` is not an `int` |
| `list[int]` for `list[float]` | agrees: a step must not change its arguments, so containers are read-only |
| `dict[K, V]`, `str`, `range`, named tuples | as the iterables, mappings and tuples that they are |
| `tuple[A, B]` | length and items; a tuple of unknown length agrees with any length |
| arguments of other generic classes | by variance; where invariant or not known, if one is the other's base |
| `Literal` | the values; members of an enum, `True` and `False` together are their class |
| `NewType` | is its base, both ways; two different ones do not agree |
| `TypedDict` | keys, whether they must be there, their types; for anything else it is a dict, and any dict may be one |
| `Protocol` | does not agree with a class that surely lacks a member; signatures are not compared |
| `Callable` | number of parameters, their types, the result; for anything else: whether it can be called |
| a function given for a `Callable` | the number of its arguments, and parameters of other kinds: a text for a number |
| `TypeVar` | what it takes is its bound; what it returns is solved from the arguments where that is simple |
| `Annotated`, `Final`, `ClassVar`, `type X = ...`, `LiteralString` | what they stand for |
| strings | evaluated where the function was defined; a name that may mean something else there is not known |
| `@overload` | what any of the overloads takes; what it returns is not known |
| a function under a decorator (`__wrapped__`) | not known: it may be called otherwise |
| the keys of a `switch` | are refused if no value of the selector may equal any of them: numbers may equal numbers |
| `value[key]` | an index beyond a tuple, a key of another kind, of a `TypedDict` no such key, of a class no items |
| `value.name` | of built-in classes, named tuples and classes with slots: no such attribute |
| `unpack` | of a tuple, another number of items; of anything else, nothing to iterate over |
| a member of a union from which something is taken | must have it, as each member given must be accepted |
| the constructor of a class step | its arguments, unless the class has `__new__` or its metaclass decides |
| a class whose metaclass has its own `__instancecheck__`, or that pretends to be another by `__class__` | not known |
| `ParamSpec`, `Self`, `Unpack`, `Concatenate`, `IO` | not known |
"""
