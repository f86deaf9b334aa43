"""What the story expects, and how it waits for it."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class NotAsTold(Exception):
    """The story did not go as told; the message says what was expected and what came."""


def expect(holds: bool, expected: str, came: object = None) -> None:
    if not holds:
        raise NotAsTold(f"expected {expected}" + ("" if came is None else f", but got: {came}"))


def wait_for(what: str, seconds: float, look: Callable[[], Found | None]) -> Found:
    """Looks again and again until there is something, or the time is up."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise NotAsTold(f"{what} did not come within {seconds:.0f} s")
        time.sleep(0.05)
    return found
