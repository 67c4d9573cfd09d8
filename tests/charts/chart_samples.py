"""Charts as the bot's views make them, and how to read a picture without a plotting library."""

import struct
import zlib
from dataclasses import replace
from typing import Any

from bot.charts import Chart
from bot.views.chart import chart
from engine.advice import Advice, as_document
from tests.views.view_samples import ADVICE

FRONTIER = [(300.0, 0.05), (280.0, 0.0624), (120.0, 0.066), (75.0, 0.07), (56.0, 0.0885), (30.0, 0.2)]


def chart_of(answer: Advice = ADVICE, **changes: Any) -> Chart:
    """The chart of an answer that has one."""
    made = chart(as_document(replace(answer, **changes)), FRONTIER)
    assert made is not None
    return made


def size_of(picture: bytes) -> tuple[int, int]:
    """Width and height, as the header of a PNG says."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def pixels_of(picture: bytes) -> bytes:
    """What is drawn, still with the filter byte of each line: enough to compare two pictures."""
    data, place = b"", 8
    while place < len(picture):
        (length,) = struct.unpack(">I", picture[place : place + 4])
        if picture[place + 4 : place + 8] == b"IDAT":
            data += picture[place + 8 : place + 8 + length]
        place += 12 + length
    return zlib.decompress(data)
