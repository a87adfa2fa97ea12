"""Which encoding and which delimiter a text file uses."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterable

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (BOM)",
    "gb18030": "GB18030 / GBK",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
}
DELIMITERS = (",", ";", "\t")
HIGH = range(0x80, 0x100)


def detect_encoding(chunks: Iterable[bytes]) -> str:
    """The name of the encoding of the text in ``chunks``: its mark, else UTF-8 if all of it is, else the likelier one.

    GB18030 accepts much of what Western code pages write; in Chinese text the bytes above 127 come in pairs.
    """
    utf8 = codecs.getincrementaldecoder("utf-8")()
    is_utf8, high, paired, zeros, first = True, 0, 0, 0, None
    for chunk in chunks:
        if first is None:
            first = chunk
            zeros = chunk[:4096].count(0)
        is_utf8 = is_utf8 and _decodes(utf8, chunk)
        if not is_utf8:
            found_high, found_paired = _high_bytes(chunk)
            high, paired = high + found_high, paired + found_paired
    return _verdict(
        first or b"", is_utf8=is_utf8 and _decodes(utf8, b"", final=True), zeros=zeros, rate=paired / max(high, 1)
    )


def _verdict(first: bytes, *, is_utf8: bool, zeros: int, rate: float) -> str:
    for bom, name in BOMS:
        if first.startswith(bom):
            return name
    if zeros > len(first[:4096]) // 20:
        return "utf-16-be" if first[:1] == b"\0" else "utf-16-le"
    if is_utf8:
        return "utf-8"
    return "gb18030" if rate >= 0.8 else "cp1252"


def _decodes(decoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _high_bytes(chunk: bytes) -> tuple[int, int]:
    """How many bytes above 127 there are, and how many of them stand in pairs as Chinese characters do."""
    high = paired = position = 0
    size = len(chunk)
    while position < size:
        if chunk[position] < 0x80:
            position += 1
        elif position + 1 < size and chunk[position + 1] >= 0x80:
            high, paired, position = high + 2, paired + 2, position + 2
        else:
            high, position = high + 1, position + 1
    return high, paired


def detect_delimiter(text: str) -> str:
    """The delimiter that cuts the first lines of ``text`` into most columns, the same number in most lines."""
    return max(DELIMITERS, key=lambda delimiter: _columns(text, delimiter))


def _columns(text: str, delimiter: str) -> tuple[float, int]:
    rows = [len(row) for row in csv.reader(text.splitlines()[:50], delimiter=delimiter) if row]
    if not rows:
        return 0, 0
    width, count = Counter(rows).most_common(1)[0]
    return (count / len(rows) if width > 1 else 0), width
