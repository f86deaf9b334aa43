"""What a person sees."""

import sys
import textwrap
import time

_COLOUR = sys.stdout.isatty()
_BEGAN = time.monotonic()
_step = 0


def _paint(text: str, code: str) -> str:
    return f"\033[{code}m{text}\033[0m" if _COLOUR else text


def title(text: str) -> None:
    print(_paint(text, "1"), flush=True)


def step(text: str) -> None:
    global _step
    _step += 1
    print("\n" + _paint(f"{_step}. {text}", "1"), flush=True)


def line(text: str) -> None:
    print(f"   {text}", flush=True)


def good(text: str) -> None:
    line(f"{_paint('ok', '32')}  {text}")


def quote(heading: str, text: str) -> None:
    """Text as another program shows it, each line marked."""
    line(f"{heading}:")
    for paragraph in text.rstrip().splitlines():
        wrapped = textwrap.wrap(paragraph, 110, subsequent_indent=" " * (len(paragraph) - len(paragraph.lstrip()) + 2))
        for part in wrapped or [""]:
            print(f"   {_paint('|', '36')} {part}".rstrip(), flush=True)


def failure(text: str) -> None:
    print("\n" + _paint(f"NOT AS EXPECTED: {text}", "1;31"), file=sys.stderr, flush=True)


def elapsed() -> str:
    return f"{time.monotonic() - _BEGAN:.1f} s"
