"""Tiled Cholesky factorisation: plain Python loops compose the graph, and threads run what is ready.

The graph has no barriers: a tile is worked on as soon as the tiles that it needs are there.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dataflow import Node, Threads, const, gather, run, step

Matrix: TypeAlias = NDArray[np.floating]


@step
def factor(diagonal: Matrix) -> Matrix:
    return np.linalg.cholesky(diagonal)


@step
def solve(below: Matrix, factored: Matrix) -> Matrix:
    return np.linalg.solve(factored, below.T).T


@step
def update(tile: Matrix, left: Matrix, above: Matrix) -> Matrix:
    return tile - left @ above.T


def cholesky(tiles: dict[tuple[int, int], Node[Matrix]], size: int) -> dict[tuple[int, int], Node[Matrix]]:
    """The tiles of L in A = L L', from the tiles of the lower half of A."""
    tiles = dict(tiles)
    for k in range(size):
        tiles[k, k] = factor(tiles[k, k])
        for i in range(k + 1, size):
            tiles[i, k] = solve(tiles[i, k], tiles[k, k])
        for i in range(k + 1, size):
            for j in range(k + 1, i + 1):
                tiles[i, j] = update(tiles[i, j], tiles[i, k], tiles[j, k])
    return tiles


def main() -> None:
    size, width = 6, 50
    random = np.random.default_rng(0).standard_normal((size * width, size * width))
    matrix = random @ random.T + size * width * np.eye(size * width)

    blocks = matrix.reshape(size, width, size, width).swapaxes(1, 2)
    lower = {(i, j): const(blocks[i, j]) for i in range(size) for j in range(i + 1)}
    found = run(gather(cholesky(lower, size)), executor=Threads(2))

    whole = np.block([[found.get((i, j), np.zeros((width, width))) for j in range(size)] for i in range(size)])
    assert np.allclose(whole, np.linalg.cholesky(matrix))
    print(f"{len(found)} tiles, as numpy has them")


if __name__ == "__main__":
    main()
