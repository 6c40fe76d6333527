# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Inverses and determinants of many symmetric matrices."""
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
import numpy as np
from pose3d_ros.core.matrices import inverse_and_determinant


def test_by_hand():
    inverse, determinant = inverse_and_determinant(
        np.array([[2.0, 1, 0], [1, 2, 0], [0, 0, 4]]))
    np.testing.assert_allclose(inverse, [[2 / 3, -1 / 3, 0], [-1 / 3, 2 / 3, 0], [0, 0, 0.25]])
    np.testing.assert_allclose(determinant, 12)


@given(hnp.arrays(float, (2, 4, 3, 3), elements=st.floats(-1, 1)))
def test_like_those_of_numpy(roots):
    matrices = roots @ roots.swapaxes(-1, -2) + 0.05 * np.eye(3)
    inverse, determinant = inverse_and_determinant(matrices)
    np.testing.assert_allclose(inverse @ matrices, np.broadcast_to(np.eye(3), matrices.shape),
                               atol=1e-9)
    np.testing.assert_allclose(determinant, np.linalg.det(matrices), rtol=1e-9)
