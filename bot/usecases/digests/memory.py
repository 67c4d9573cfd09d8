"""What a digest has said, packed into one text that can lie beside a message and be taken up again."""

import json
import zlib
from base64 import b85decode, b85encode
from collections.abc import Mapping

from bot.store.said import Key

__all__ = ["packed", "unpacked"]


def packed(signatures: Mapping[Key, str]) -> str:
    """Every key with its signature; empty for none."""
    if not signatures:
        return ""
    listed = [(*key, signature) for key, signature in signatures.items()]
    return b85encode(zlib.compress(json.dumps(listed, separators=(",", ":")).encode(), 9)).decode("ascii")


def unpacked(text: str) -> dict[Key, str]:
    """What `packed` made `text` of."""
    listed = json.loads(zlib.decompress(b85decode(text))) if text else []
    return {Key(workload, kind): signature for workload, kind, signature in listed}
