"""The graph and its forms.

`graph` is the thing itself; below it stands what can be said about one, so that nothing here is imported by what it
imports: `walks` goes through ops and bodies, `literals` says what a value is made of, `keys` compares and `digests`
hashes by that, `textform` (with `shown` for the literals) and `draw` write for people, `jsonform` and `jsonread`
(with `jsonvalues` for the literals) write for machines and read again.
"""
