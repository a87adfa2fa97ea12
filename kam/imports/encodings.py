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
    "cp1252": "Windows-1252",
    "utf-16": "UTF-16 (BOM)",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
}
DELIMITERS = (",", ";", "\t")
SEEN = 64 * 1024  # bytes from which UTF-16 without a mark is told
PAIRED_SHARE = 0.8


def detect_encoding(chunks: Iterable[bytes]) -> str:
    """The name of the encoding of the text in ``chunks``: its mark, else UTF-8 if all of it is, else the likelier one.

    Text in UTF-16 without a mark shows itself by the zeros beside its line ends and other plain characters. GB18030
    accepts much of what Western code pages write; in Chinese text the bytes above 127 come in pairs.
    """
    utf8, chinese = (codecs.getincrementaldecoder(name)() for name in ("utf-8", "gb18030"))
    is_utf8 = is_chinese = True
    high, paired, first = 0, 0, None
    for chunk in chunks:
        first = chunk[:SEEN] if first is None else first
        is_utf8 = is_utf8 and _decodes(utf8, chunk)
        if not is_utf8:
            is_chinese = is_chinese and _decodes(chinese, chunk)
            found_high, found_paired = _high_bytes(chunk)
            high, paired = high + found_high, paired + found_paired
    if marked := _marked(first or b"") or _wide(first or b""):
        return marked
    if is_utf8 and _decodes(utf8, b"", final=True):
        return "utf-8"
    return "gb18030" if is_chinese and paired >= PAIRED_SHARE * max(high, 1) else "cp1252"


def _marked(first: bytes) -> str:
    return next((name for bom, name in BOMS if first.startswith(bom)), "")


def _wide(first: bytes) -> str:
    """The UTF-16 that the first bytes are in, when a line end or many plain characters of two bytes show it."""
    first = first[: len(first) // 2 * 2]
    zeros = {"utf-16-be": first[0::2].count(0), "utf-16-le": first[1::2].count(0)}
    name = max(zeros, key=lambda key: zeros[key])
    ends = {first[at : at + 2] for at in range(0, len(first), 2)} & {b"\n\0", b"\0\n"}
    is_wide = zeros[name] > len(first) // 20 or bool(zeros[name] and ends)
    return name if is_wide and _decodes(codecs.getincrementaldecoder(name)(), first) else ""


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
