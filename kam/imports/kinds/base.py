"""What the two kinds of import have in common: the steps that `checking` and `writing` call."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from kam.imports.fields import Field
from kam.imports.rows import Row
from kam.imports.staging import Group, Line, Rejection, Stage
from kam.imports.undoing import Kept
from users.models import User


@dataclass
class Context:
    """Who imports, and the choices made for this file."""

    user: User
    is_creating_accounts: bool = True
    currency: str = ""
    mapped: frozenset[str] = frozenset()

    @property
    def by(self) -> User | None:
        """The user to be recorded as author; None for the installation itself."""
        return self.user if self.user.pk else None


@dataclass
class Written:
    """What a batch did, and what would take it back."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    undo: dict = field(default_factory=dict)


class Kind(Protocol):
    """One kind of import."""

    fields: tuple[Field, ...]

    def stage(self, row: Row, context: Context) -> Line | Rejection:
        """One parsed row as a staged line, or why it is none."""

    def check(self, stage: Stage, context: Context) -> dict:
        """Check what spans lines and what the data says; figures for the preview."""

    def preview(self, groups: list[Group], context: Context) -> list[list[str]]:
        """The first objects as they will be written: a row of headings, then a row for each."""

    def plan(self, stage: Stage, groups: list[Group], context: Context):
        """Everything that can be read and computed before the write lock is taken."""

    def write(self, plan, context: Context) -> Written:
        """Write the plan, inside the caller's transaction."""

    def undo(self, undo: dict, context: Context) -> list[Kept]:
        """Take one batch back for the user of ``context``, inside the caller's transaction; what had to stay."""


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
