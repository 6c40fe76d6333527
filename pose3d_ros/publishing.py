# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Publishing only what somebody listens to: most of the cost of a message is to make it."""
from collections.abc import Callable


def heard(publisher) -> bool:
    """Return whether there is such a publisher and somebody listens."""
    return publisher is not None and publisher.get_subscription_count() > 0


def tell(publisher, make: Callable, *about) -> None:
    """Publish what make returns about something, if it would be heard."""
    if heard(publisher):
        publisher.publish(make(*about))
