"""The graph and its forms: `graph` is the thing itself, the files below it are what can be said about it.

`walks` goes through ops and bodies; `literals` says what a value is made of; `keys` compares, `digests` hashes;
`textform`, `jsonform` (with `jsonvalues` for the literals) and `draw` write a graph for people and machines.
"""
