# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pairs of image and camera_info, whatever the order they come in."""
from hypothesis import given, settings
from hypothesis import strategies as st
from pose3d_ros.pairing import KEPT, Pairing

quick = settings(deadline=None, max_examples=40)


def fed(pairing, events):
    """Return the stamps of the pairs that come of events: (side, stamp)."""
    pairs = []
    for side, stamp in events:
        take = pairing.image if side == 'image' else pairing.info
        if (pair := take(stamp, (side, stamp))) is not None:
            assert pair == (('image', stamp), ('info', stamp))
            pairs.append(stamp)
    return pairs


@quick
@given(st.lists(st.booleans(), max_size=30), st.booleans())
def test_every_pair_of_two_ordered_streams_comes_in_order(lost, info_first):
    # each stream is in order; info comes at once or two frames later; some infos are lost
    images = [(stamp, 1, ('image', stamp)) for stamp in range(len(lost))]
    delay = -0.5 if info_first else 2.5
    infos = [(stamp + delay, 0, ('info', stamp)) for stamp in range(len(lost)) if not lost[stamp]]
    events = [event for *_, event in sorted(images + infos)]
    assert fed(Pairing(), events) == [stamp for stamp in range(len(lost)) if not lost[stamp]]


@quick
@given(st.lists(st.tuples(st.sampled_from(['image', 'info']), st.integers(0, 5)), max_size=60))
def test_any_order_gives_whole_pairs_and_keeps_little(events):
    pairing = Pairing()
    fed(pairing, events)
    assert all(len(waiting) <= KEPT for waiting in pairing._waiting)


def test_a_camera_that_does_not_stamp_is_paired_all_the_same():
    assert fed(Pairing(), [('image', 0), ('info', 0)] * 3) == [0, 0, 0]


def test_the_clock_jumping_back_does_not_end_the_pairs():
    late = [(side, stamp) for stamp in (1000, 1001, 3, 4) for side in ('info', 'image')]
    assert fed(Pairing(), late) == [1000, 1001, 3, 4]
    # also with an image of the old time still waiting
    assert fed(Pairing(), [('image', 1000), ('info', 3), ('image', 3), ('info', 4),
                           ('image', 4)]) == [3, 4]
