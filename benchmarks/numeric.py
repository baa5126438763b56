"""Known algorithms as graphs of tasks, each checked against numpy or the standard library."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.tasks import Task, Workload, equals

Matrix: TypeAlias = NDArray[np.floating[Any]]
Pair: TypeAlias = tuple[int, int]


def together(*values: Any) -> tuple[Any, ...]:
    """Several results as one."""
    return values


class Growing:
    """Tasks as they are added; each is known by its number."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []

    def add(self, fn: Callable[..., Any], reads: tuple[int, ...], *literals: Any) -> int:
        """One more task."""
        self.tasks.append(Task(fn, reads, literals))
        return len(self.tasks) - 1


def tile(matrix: Matrix, row: int, column: int, side: int) -> Matrix:
    """One tile, as an array of its own."""
    return matrix[row * side : (row + 1) * side, column * side : (column + 1) * side].copy()


def factor(diagonal: Matrix) -> Matrix:
    """POTRF."""
    return np.linalg.cholesky(diagonal)


def solve(below: Matrix, factored: Matrix) -> Matrix:
    """TRSM."""
    return np.linalg.solve(factored, below.T).T


def update(target: Matrix, left: Matrix, above: Matrix) -> Matrix:
    """SYRK and GEMM."""
    return target - left @ above.T


def cholesky(tiles: int = 6, side: int = 32) -> Workload:
    """The tiles of the lower triangle of L in A = L L', right-looking."""
    matrix: Matrix = np.random.default_rng(0).normal(size=(tiles * side, tiles * side))
    matrix = matrix @ matrix.T + tiles * side * np.eye(tiles * side)
    growing = Growing()
    lower = [(i, j) for i in range(tiles) for j in range(i + 1)]
    now = {(i, j): growing.add(tile, (), matrix, i, j, side) for i, j in lower}
    for k in range(tiles):
        now[k, k] = growing.add(factor, (now[k, k],))
        for i in range(k + 1, tiles):
            now[i, k] = growing.add(solve, (now[i, k], now[k, k]))
        for i in range(k + 1, tiles):
            for j in range(k + 1, i + 1):
                now[i, j] = growing.add(update, (now[i, j], now[i, k], now[j, k]))
    growing.add(together, tuple(now.values()))
    expected = np.linalg.cholesky(matrix)

    def check(value: tuple[Matrix, ...]) -> None:
        for (i, j), found in zip(lower, value, strict=True):
            np.testing.assert_allclose(found, tile(expected, i, j, side), rtol=1e-9, atol=1e-9)

    return Workload(f"Cholesky, {tiles} x {tiles} tiles of {side}", tuple(growing.tasks), check)


def leaf(x: Matrix, at: int) -> complex:
    """One input of the transform."""
    return complex(x[at])


def butterfly(factor: complex, upper: complex, lower: complex) -> complex:
    """One output of two; a negated factor gives the other."""
    return upper + factor * lower


def fft(size: int = 64) -> Workload:
    """The fast Fourier transform of a power of two, butterfly by butterfly: tasks far below a microsecond."""
    x = np.random.default_rng(3).normal(size=size)
    levels = size.bit_length() - 1
    growing = Growing()
    row = [growing.add(leaf, (), x, int(format(at, f"0{levels}b")[::-1], 2)) for at in range(size)]
    for level in range(levels):
        half = 1 << level
        factors = np.exp(-2j * np.pi * np.arange(2 * half) / (2 * half)).tolist()
        row = [
            growing.add(butterfly, (row[at & ~half], row[at | half]), factors[at % (2 * half)]) for at in range(size)
        ]
    growing.add(together, tuple(row))

    def check(value: tuple[complex, ...]) -> None:
        np.testing.assert_allclose(value, np.fft.fft(x), atol=1e-9)

    return Workload(f"FFT of {size}", tuple(growing.tasks), check)


def merge(left: list[Pair], right: list[Pair]) -> list[Pair]:
    """Two sorted lists as one; of equal keys those of the left come first."""
    merged, a, b = [], 0, 0
    while a < len(left) and b < len(right):
        if right[b][0] < left[a][0]:
            merged.append(right[b])
            b += 1
        else:
            merged.append(left[a])
            a += 1
    return merged + left[a:] + right[b:]


def by_key(pairs: list[Pair]) -> list[Pair]:
    """Sorted, stable."""
    return sorted(pairs, key=operator.itemgetter(0))


def merge_sort(leaves: int = 37, size: int = 50) -> Workload:
    """Sorted pieces merged two by two. Keys have ties, so that arguments that are swapped show."""
    keys = np.random.default_rng(2).integers(0, 40, leaves * size).tolist()
    pairs = [(key, at) for at, key in enumerate(keys)]
    growing = Growing()
    row = [growing.add(by_key, (), pairs[at : at + size]) for at in range(0, len(pairs), size)]
    while len(row) > 1:
        odd = row[len(row) & ~1 :]
        row = [growing.add(merge, (a, b)) for a, b in zip(row[::2], row[1::2], strict=False)] + odd
    return Workload(f"merge sort of {leaves} pieces", tuple(growing.tasks), equals(by_key(pairs)))


FAR: Final = 10**9


def through(target: NDArray[np.int64], left: NDArray[np.int64], above: NDArray[np.int64]) -> NDArray[np.int64]:
    """The shorter of two ways: as it is, or through a tile between."""
    found = target.copy()
    for k in range(left.shape[1]):
        np.minimum(found, left[:, k : k + 1] + above[k : k + 1, :], out=found)
    return found


def within(tile: NDArray[np.int64]) -> NDArray[np.int64]:
    """The shortest ways inside one tile."""
    return relaxed(tile, tile)


def along(tile: NDArray[np.int64], diagonal: NDArray[np.int64]) -> NDArray[np.int64]:
    """The shortest ways that enter by the diagonal tile of the row."""
    found = tile.copy()
    for k in range(len(diagonal)):
        np.minimum(found, diagonal[:, k : k + 1] + found[k : k + 1, :], out=found)
    return found


def down(tile: NDArray[np.int64], diagonal: NDArray[np.int64]) -> NDArray[np.int64]:
    """The shortest ways that leave by the diagonal tile of the column."""
    return along(tile.T, diagonal.T).T


def relaxed(tile: NDArray[np.int64], diagonal: NDArray[np.int64]) -> NDArray[np.int64]:
    """The shortest ways between all, Floyd and Warshall's three loops."""
    found = tile.copy()
    for k in range(len(diagonal)):
        np.minimum(found, found[:, k : k + 1] + found[k : k + 1, :], out=found)
    return found


def shortest_paths(tiles: int = 5, side: int = 16) -> Workload:
    """Blocked Floyd-Warshall, in integers: exact."""
    size = tiles * side
    random = np.random.default_rng(4)
    far = np.where(random.random((size, size)) < 0.06, random.integers(1, 50, (size, size)), FAR).astype(np.int64)
    np.fill_diagonal(far, 0)
    growing = Growing()
    square = [(i, j) for i in range(tiles) for j in range(tiles)]
    now = {(i, j): growing.add(tile, (), far, i, j, side) for i, j in square}
    for k in range(tiles):
        others = [i for i in range(tiles) if i != k]
        now[k, k] = growing.add(within, (now[k, k],))
        for i in others:
            now[k, i] = growing.add(along, (now[k, i], now[k, k]))
            now[i, k] = growing.add(down, (now[i, k], now[k, k]))
        for i in others:
            for j in others:
                now[i, j] = growing.add(through, (now[i, j], now[i, k], now[k, j]))
    growing.add(together, tuple(now.values()))
    expected = relaxed(far, far)

    def check(value: tuple[NDArray[np.int64], ...]) -> None:
        for (i, j), found in zip(square, value, strict=True):
            wanted = expected[i * side : (i + 1) * side, j * side : (j + 1) * side]
            np.testing.assert_array_equal(np.minimum(found, FAR), np.minimum(wanted, FAR))

    return Workload(f"shortest paths, {tiles} x {tiles} tiles", tuple(growing.tasks), check)


def square_of(k: int) -> int:
    """The body of a map."""
    return k * k


def map_reduce(size: int = 256) -> Workload:
    """Squares, added two by two; the size is a power of two."""
    growing = Growing()
    row = [growing.add(square_of, (), k) for k in range(size)]
    while len(row) > 1:
        row = [growing.add(operator.add, (a, b)) for a, b in zip(row[::2], row[1::2], strict=True)]
    expected = (size - 1) * size * (2 * size - 1) // 6
    return Workload(f"map-reduce of {size}", tuple(growing.tasks), equals(expected))


NUMERIC: Final[dict[str, Callable[[], Workload]]] = {
    "cholesky": cholesky,
    "fft": fft,
    "merge sort": merge_sort,
    "shortest paths": shortest_paths,
    "map-reduce": map_reduce,
}
