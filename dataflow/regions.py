"""The regions of a graph: what each lazy target needs, and which region asks for which.

Regions whose askers all stand in one region form a tree under main. What an outer region has done, an inner one need
not list; and a reader deep inside stands, as seen from an outer region, for the op there that asks for the way down.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

MAIN, SHARED = -1, -2


def needed(target: int, reads: Sequence[tuple[int, ...]], given: int, known: Container[int]) -> tuple[int, ...]:
    """What a target cannot do without, itself included, in order; without what is given or known to be there."""
    if target < given or target in known:
        return ()
    seen = {target}
    stack = [target]
    while stack:
        for read in reads[stack.pop()]:
            if read >= given and read not in seen and read not in known:
                seen.add(read)
                stack.append(read)
    return tuple(sorted(seen))


class Tree:
    """Regions, from the last target to the first: what asks comes after what it asks for, so outer ones come first.

    Ancestors are found in logarithmic time by jump pointers (E. W. Myers, An applicative random-access stack, 1983).

    Attributes:
        targets: the lazy targets, the last one first.
        regions: the ops of each region, in order.
        home: the region of each op: a target, MAIN, or SHARED if several regions list it.
        readers: for each op, those that read it, eagerly or lazily.
    """

    def __init__(
        self, reads: Sequence[tuple[int, ...]], asks: Mapping[int, tuple[int, ...]], main: Sequence[int]
    ) -> None:
        self.regions: dict[int, tuple[int, ...]] = {}
        self.home: dict[int, int] = dict.fromkeys(main, MAIN)
        self.readers: list[list[int]] = [[] for _ in reads]
        self.askers: dict[int, list[int]] = {}
        for at, read in enumerate(reads):
            for index in read:
                self.readers[index].append(at)
            for index in asks.get(at, ()):
                self.readers[index].append(at)
                self.askers.setdefault(index, []).append(at)
        self.targets = sorted(self.askers, reverse=True)
        self._outer: dict[int, int] = {MAIN: MAIN, SHARED: SHARED}
        self._jump: dict[int, int] = {MAIN: MAIN, SHARED: SHARED}
        self._depth: dict[int, int] = {MAIN: 0, SHARED: 0}
        self._latest: list[int] | None = None

    def inside(self, target: int) -> Container[int]:
        """The ops that are done, or under way in an outer region, when a region is asked for."""
        homes = {self.home.get(at, SHARED) for at in self.askers[target]}
        outer = homes.pop() if len(homes) == 1 else SHARED
        jump = self._jump[outer]
        even = self._depth[outer] - self._depth[jump] == self._depth[jump] - self._depth[self._jump[jump]]
        self._outer[target], self._depth[target] = outer, self._depth[outer] + 1
        self._jump[target] = self._jump[jump] if even else outer
        return _Inside(self, target)

    def grow(self, target: int, ops: tuple[int, ...]) -> None:
        """Set the ops of a region."""
        self.regions[target] = ops
        for at in ops:
            self.home[at] = SHARED if at in self.home else target

    def ancestor(self, region: int, depth: int) -> int:
        """The region around a region, at some depth below main."""
        while self._depth[region] > depth:
            jump = self._jump[region]
            region = jump if self._depth[jump] >= depth else self._outer[region]
        return region

    def encloses(self, home: int, region: int) -> bool:
        """Whether a region is around another; main is around all."""
        return home == MAIN or (home >= 0 and self.ancestor(region, self._depth[home]) == home)

    def last(self, made: int) -> int:
        """The last op that may read a value, as seen from the innermost region that is around all who may.

        This is the region where it is made, or, for a target, the one where it is asked for; if that is shared, main.
        """
        home = self.home.get(made, MAIN)
        while home >= 0:
            seen = [self._seen_from(home, reader) for reader in self.readers[made]]
            if SHARED not in seen:
                return max(seen)
            home = self._outer[home]
        if self._latest is None:
            self._latest = self._last_causes()
        return max(self._latest[reader] for reader in self.readers[made])

    def _seen_from(self, home: int, reader: int) -> int:
        """The op of a region that reads, or that asks for the region inside which there is the reader."""
        region = self.home.get(reader, SHARED)
        if region == home:
            return reader
        if region < 0 or not self.encloses(home, region):
            return SHARED
        return max(self.askers[self.ancestor(region, self._depth[home] + 1)])

    def _last_causes(self) -> list[int]:
        """For each op, the last op of main that may cause it to run."""
        latest = list(range(len(self.readers)))
        for at in reversed(range(len(latest))):
            if self.home.get(at) != MAIN and self.readers[at]:
                latest[at] = max(latest[reader] for reader in self.readers[at])
        return latest


class _Inside(Container[int]):
    """The ops of main and of the regions around a region."""

    def __init__(self, tree: Tree, region: int) -> None:
        self.tree, self.region = tree, region

    def __contains__(self, at: object) -> bool:
        home = self.tree.home.get(at, SHARED) if isinstance(at, int) else SHARED
        return home != self.region and self.tree.encloses(home, self.region)
