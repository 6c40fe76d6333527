# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Many small matrices at once, faster than one by one."""
import numpy as np

AXES = np.eye(3)
#: Where in a flat 3 x 3 matrix are the factors of each cofactor: first second - third fourth.
_NEXT, _LAST = np.array([1, 2, 0]), np.array([2, 0, 1])
_COFACTORS = [
    np.add.outer(3 * rows, columns).ravel()
    for rows, columns in ((_NEXT, _NEXT), (_LAST, _LAST), (_NEXT, _LAST), (_LAST, _NEXT))]


def inverse_and_determinant(matrices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Return inverses and determinants of symmetric matrices, by cofactors.

    Parameters
    ----------
    matrices : (..., 3, 3)
        Symmetric, of full rank; covariances are, once something is added to their diagonal.

    Returns
    -------
    (..., 3, 3), (...)
        Symmetric inverses; determinants.

    """
    flat = matrices.reshape(*matrices.shape[:-2], 9)
    first, second, third, fourth = (flat.take(places, -1) for places in _COFACTORS)
    cofactors = first * second - third * fourth
    determinant = (flat[..., :3] * cofactors[..., :3]).sum(-1)
    return (cofactors / determinant[..., None]).reshape(matrices.shape), determinant


def squared_lengths(vectors: np.ndarray, metrics: np.ndarray) -> np.ndarray:
    """Return v^T M v (...) of vectors (..., 3) and metrics (..., 3, 3)."""
    return ((vectors[..., None, :] @ metrics)[..., 0, :] * vectors).sum(axis=-1)
