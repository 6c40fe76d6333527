# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Messages made from others, many per frame: constructors of generated classes are slow."""


def like(template, **fields):
    """
    Return a message that has some fields, and all others of a template.

    The others are shared, not copied: for what is published and not changed. A constructor builds
    every nested message first, also the given ones; a Marker takes it ten times as long.
    """
    kind = type(template)
    message = kind.__new__(kind)
    for slot in kind.__slots__:
        setattr(message, slot, getattr(template, slot))
    for name, value in fields.items():
        setattr(message, name, value)
    return message
