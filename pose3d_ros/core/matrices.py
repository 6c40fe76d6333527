# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Many small matrices at once, faster than one by one."""
import numpy as np


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
    a, b, c = matrices[..., 0, 0], matrices[..., 0, 1], matrices[..., 0, 2]
    d, e, f = matrices[..., 1, 1], matrices[..., 1, 2], matrices[..., 2, 2]
    inverse = np.empty_like(matrices)
    inverse[..., 0, 0], inverse[..., 1, 1] = d * f - e * e, a * f - c * c
    inverse[..., 2, 2] = a * d - b * b
    inverse[..., 0, 1] = inverse[..., 1, 0] = c * e - b * f
    inverse[..., 0, 2] = inverse[..., 2, 0] = b * e - c * d
    inverse[..., 1, 2] = inverse[..., 2, 1] = b * c - a * e
    determinant = a * inverse[..., 0, 0] + b * inverse[..., 0, 1] + c * inverse[..., 0, 2]
    inverse /= determinant[..., None, None]
    return inverse, determinant
