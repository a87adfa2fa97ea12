"""Which column holds which field: judged by its header and, because headers mislead, by its values."""

import re
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from itertools import permutations

from core.search import fold
from kam.imports.fields import Field
from kam.imports.profiles import UTC, Profile, agreement, day_first, is_running_number, profile
from kam.imports.values import parse_date

# Words in a header that say it is not what the rest of it says: a ship date is no order date.
OTHER_THINGS = {
    "ship", "shipping", "shipped", "due", "delivery", "delivered", "row", "line", "postal", "zip", "postcode", "rep",
    "employee", "seller", "salesperson", "established", "standard", "list", "msrp", "tax", "payment", "paid", "birth",
    "created", "updated", "year", "month", "quarter", "qtr",
}  # fmt: skip
OTHER_THINGS_ZH = (
    "发货",
    "交货",
    "到期",
    "行",
    "序号",
    "邮编",
    "邮寄",
    "业务员",
    "销售员",
    "付款",
    "税额",
    "税率",
    "成立",
    "年份",
)
OURS = ("import_row", "import_column", "import_reason")  # first columns of a file of rejected rows
FIT_MIN = 0.5
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[\u4e00-\u9fff]+")


@dataclass(frozen=True)
class Guess:
    """Column ``index`` holds the field with ``confidence`` from 0 to 1."""

    index: int
    confidence: float


@dataclass
class _Board:
    """What is known while guessing."""

    fields: dict[str, Field]
    profiles: list[Profile]
    taken: dict[str, Guess] = dataclass_field(default_factory=dict)

    def free(self) -> list[int]:
        used = {guess.index for guess in self.taken.values()}
        return [index for index in range(len(self.profiles)) if index not in used]

    def values(self, key: str) -> list[str]:
        return self.profiles[self.taken[key].index].values

    def days(self) -> list[str]:
        """The order dates in one form, whatever way each row writes its own."""
        return [one_form(value) for value in self.values("ordered_on")]

    def give(self, key: str, index: int, confidence: float) -> None:
        self.taken[key] = Guess(index, round(confidence, 2))


def one_form(text: str) -> str:
    """A date in ISO form where it is one, else the text."""
    try:
        return parse_date(day_first(text.strip()), "", UTC).isoformat()
    except ValueError:
        return text


def squeeze(header: str) -> str:
    """The header without case, spaces and signs."""
    return re.sub(r"[\W_]+", "", fold(header))


def words(header: str) -> set[str]:
    return {fold(word) for word in WORD.findall(header)}


def header_match(header: str, field: Field) -> float:
    """How well a header names a field, 0 to 1: the field's own name 1, a usual name .95, a longer name less."""
    squeezed = squeeze(header)
    names = [squeeze(name) for name in field.names]
    if squeezed == names[0]:
        return 1.0
    if squeezed in names:
        return 0.95 - 0.002 * names.index(squeezed)
    if words(header) & OTHER_THINGS or any(word in squeezed for word in OTHER_THINGS_ZH):
        return 0.0
    return max((_partial(squeezed, words(header), name) for name in names), default=0.0)


def _partial(squeezed: str, header_words: set[str], name: str) -> float:
    is_part = name in squeezed if not name.isascii() else name in header_words or (len(name) > 5 and name in squeezed)
    return 0.5 + 0.35 * len(name) / len(squeezed) if is_part and squeezed else 0.0


def guess_columns(headers: list[str], rows: list[list[str]], fields: tuple[Field, ...]) -> dict[str, Guess]:
    """Field key → column. ``rows`` is a sample, each row as long as ``headers``. A column serves one field."""
    profiles = [profile([row[index] for row in rows]) for index in range(len(headers))]
    board = _Board({field.key: field for field in fields}, profiles)
    _by_header(board, headers)
    if "ordered_on" in board.fields:
        _doubt_order_number(board)
        _by_content(board)
        _settle_arithmetic(board)
    return board.taken


def _by_header(board: _Board, headers: list[str]) -> None:
    scored = []
    for index, header in enumerate(headers):
        if squeeze(header) in {squeeze(name) for name in OURS}:
            continue
        for key, field in board.fields.items():
            fit = board.profiles[index].fit(field.type)
            match = header_match(header, field)
            if match and (fit >= FIT_MIN or (match == 1 and fit > 0)):
                scored.append((match * fit, -index, key))
    for score, negative_index, key in sorted(scored, reverse=True):
        if key not in board.taken and -negative_index in board.free():
            board.give(key, -negative_index, score)


def _doubt_order_number(board: _Board) -> None:
    """Take back an order number whose value comes with many dates: it names something else."""
    if {"order_number", "ordered_on"} <= board.taken.keys() and (
        agreement(board.values("order_number"), board.days()) < 0.5
    ):
        del board.taken["order_number"]


def _by_content(board: _Board) -> None:
    """Fill what an order cannot do without from columns whose headers say nothing or something else."""
    if "ordered_on" not in board.taken:
        _give_best(
            board, "ordered_on", {i: board.profiles[i].dates for i in board.free()}, at_least=0.9, confidence=0.5
        )
    if "order_number" not in board.taken and "ordered_on" in board.taken:
        dates = board.days()
        _give_best(
            board, "order_number", {i: _order_likeness(board.profiles[i], dates) for i in board.free()}, 0.9, 0.45
        )
    if not {"account_code", "account_name"} & board.taken.keys() and "order_number" in board.taken:
        numbers = board.values("order_number")
        scores = {i: _account_likeness(board.profiles[i], numbers) for i in board.free()}
        _give_best(board, "account_code", scores, 0.85, 0.4)
    if not {"amount", "unit_price"} & board.taken.keys():
        scores = {i: board.profiles[i].numbers * (0.5 + board.profiles[i].fractions) for i in board.free()}
        _give_best(board, "amount", scores, at_least=0.6, confidence=0.35)


def _order_likeness(column: Profile, dates: list[str]) -> float:
    return 0.0 if is_running_number(column) else column.fit("code") * agreement(column.values, dates)


def _account_likeness(column: Profile, numbers: list[str]) -> float:
    return 0.0 if column.distinct < 2 else column.fit("code") * agreement(numbers, column.values)


def _give_best(board: _Board, key: str, scores: dict[int, float], at_least: float, confidence: float) -> None:
    if scores and max(scores.values()) >= at_least:
        board.give(key, max(scores, key=lambda index: (scores[index], board.profiles[index].distinct)), confidence)


def _settle_arithmetic(board: _Board) -> None:
    """Amount, unit price and quantity under each other's headers are put right by amount = price × quantity."""
    keys = ("amount", "unit_price", "quantity")
    if not set(keys) <= board.taken.keys() or "discount" in board.taken:
        return
    columns = [board.taken[key].index for key in keys]
    if _holds(board, columns) >= 0.5:
        return
    for order in permutations(columns):
        if _holds(board, order) >= 0.9 and board.profiles[order[2]].integers >= board.profiles[order[1]].integers:
            for key, index in zip(keys, order, strict=True):
                board.give(key, index, 0.6)
            return


def _holds(board: _Board, columns) -> float:
    """Share of the rows where the first column is the product of the other two, to a hundredth."""
    rows = zip(*(board.profiles[index].floats() for index in columns), strict=True)
    checked = [
        abs(amount - price * quantity) <= 0.01
        for amount, price, quantity in rows
        if None not in (amount, price, quantity)
    ]
    return sum(checked) / len(checked) if checked else 0.0
