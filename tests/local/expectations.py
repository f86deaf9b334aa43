"""What the story expects, and how it waits for it."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class NotAsExpected(Exception):
    """The story did not go as expected; the message says what was expected, and what came instead."""


def expect(holds: bool, expected: str, came: object = None) -> None:
    if not holds:
        raise NotAsExpected(f"expected {expected}" + ("" if came is None else f", but got: {came}"))


def wait_for(what: str, seconds: float, find: Callable[[], Found | None]) -> Found:
    """Polls until something is found, or the time is up."""
    deadline = time.monotonic() + seconds
    while (found := find()) is None:
        if time.monotonic() > deadline:
            raise NotAsExpected(f"{what} did not come within {seconds:.0f} s")
        time.sleep(0.05)
    return found
