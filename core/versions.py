"""Configuration documents with versions: draft → preview → publish → archive, compare and roll back.

A kind (value score, tiers, alert rule …) is registered by the app that owns it, with its check and its first version.
One version of a kind and key is published at a time; numbers only grow; what was published never changes. Publishing
names the version it follows and the hash of the draft that was previewed, so nobody publishes what they did not see.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.models import ConfigurationVersion
from core.periods import business_date
from core.problems import Problem

Document = dict[str, Any]
Pins = dict[str, dict[str, int]]
State = ConfigurationVersion.State


@dataclass(frozen=True)
class Kind:
    """One kind of configuration document: how it is checked, named, and what its first versions are.

    ``put_into_force`` is told each document that comes into force, in the same transaction, where pages and queries
    need its values as columns; the first version is what these columns start with.
    """

    name: str
    label: str
    validate: Callable[[Document], list[Problem]]
    seeds: Mapping[str, Document]
    labels: Callable[[tuple], str] = field(default=lambda path: " · ".join(map(str, path)))
    put_into_force: Callable[[Document], None] = field(default=lambda document: None)


class ConfigurationError(Exception):
    """A change of configuration that cannot be made."""

    message = _("This change cannot be made.")

    def __str__(self) -> str:
        return str(self.message)


class StaleError(ConfigurationError):
    """Somebody published, or the draft changed, since the preview."""

    message = _("The configuration has changed since you looked at the preview. Look at it again before publishing.")


class InvalidDocumentError(ConfigurationError):
    """The document has faults; ``problems`` names them."""

    def __init__(self, problems: list[Problem]):
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return " ".join(map(str, self.problems))


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Make a kind of document known. Raises ValueError for a name that is taken."""
    if kind.name in _kinds:
        raise ValueError(f"configuration kind registered twice: {kind.name}")
    _kinds[kind.name] = kind


def kind_of(name: str) -> Kind:
    """The registered kind. Raises KeyError for a name nobody registered."""
    return _kinds[name]


def kinds() -> list[Kind]:
    return list(_kinds.values())


def document_hash(document: Document) -> str:
    """SHA-256 of the document as canonical JSON: sorted keys, no spaces."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def published(kind: str, key: str = "default") -> ConfigurationVersion:
    """The version in force. Raises ConfigurationVersion.DoesNotExist when there is none."""
    return ConfigurationVersion.objects.get(kind=kind, key=key, state=State.PUBLISHED)


def published_all(kind: str) -> list[ConfigurationVersion]:
    """The versions in force of every key of a kind, by key."""
    return list(ConfigurationVersion.objects.filter(kind=kind, state=State.PUBLISHED).order_by("key"))


def in_force_on(kind: str, day: date, key: str = "default") -> ConfigurationVersion:
    """The version in force at the end of ``day``; the first one holds for the days before it, too.

    Raises IndexError when there is none.
    """
    return [version for since, version in spans(kind, key) if since is None or since <= day][-1]


def spans(
    kind: str, key: str = "default", *, up_to: int | None = None
) -> list[tuple[date | None, ConfigurationVersion]]:
    """Every version that was ever in force with the day from which it held, by number; the first one since ever.

    Versions with a number above ``up_to`` are left out.
    """
    published = ConfigurationVersion.objects.filter(kind=kind, key=key).exclude(state=State.DRAFT)
    known = published.filter(number__lte=up_to) if up_to else published
    by_number = list(known.order_by("number"))
    return [(business_date(v.published_at) if position else None, v) for position, v in enumerate(by_number)]


def draft_of(kind: str, key: str = "default") -> ConfigurationVersion | None:
    """The draft somebody works on, if there is one."""
    return ConfigurationVersion.objects.filter(kind=kind, key=key, state=State.DRAFT).first()


def history(kind: str, key: str = "default") -> list[ConfigurationVersion]:
    """Every version that was ever in force, the newest first, with its author."""
    versions = ConfigurationVersion.objects.filter(kind=kind, key=key).exclude(state=State.DRAFT)
    return list(versions.select_related("author").order_by("-number"))


def pin() -> Pins:
    """The numbers in force of everything, kind → key → number: what a run keeps to from its start to its end."""
    pins: Pins = {name: {} for name in _kinds}
    for version in ConfigurationVersion.objects.filter(state=State.PUBLISHED, kind__in=_kinds).order_by("kind", "key"):
        pins[version.kind][version.key] = version.number
    return pins


def resolve(pins: Pins) -> dict[str, dict[str, ConfigurationVersion]]:
    """The versions that ``pins`` names, kind → key → version. Raises KeyError for a number that does not exist."""
    known = {(v.kind, v.key, v.number): v for v in ConfigurationVersion.objects.filter(kind__in=pins)}
    return {kind: {key: known[kind, key, number] for key, number in numbers.items()} for kind, numbers in pins.items()}


def save_draft(*, kind: str, document: Document, author, key: str = "default") -> ConfigurationVersion:
    """Keep ``document`` as the one draft of its kind and key. Raises InvalidDocumentError, StaleError."""
    problems = kind_of(kind).validate(document)
    if problems:
        raise InvalidDocumentError(problems)
    try:
        return _write_draft(kind, key, document, author)
    except IntegrityError:
        return _write_draft(kind, key, document, author)


@transaction.atomic
def _write_draft(kind: str, key: str, document: Document, author) -> ConfigurationVersion:
    columns = {
        "document": document,
        "document_hash": document_hash(document),
        "author": author,
        "created_at": timezone.now(),
        "based_on": ConfigurationVersion.objects.filter(kind=kind, key=key, state=State.PUBLISHED).first(),
    }
    if (draft := draft_of(kind, key)) is not None:
        return rewrite_draft(draft, columns)
    return ConfigurationVersion.objects.create(kind=kind, key=key, number=_next_number(kind, key), **columns)


def rewrite_draft(draft: ConfigurationVersion, columns: dict[str, Any]) -> ConfigurationVersion:
    """Write ``columns`` if ``draft`` is one still. Raises StaleError when it was published or discarded meanwhile."""
    if not ConfigurationVersion.objects.filter(pk=draft.pk, state=State.DRAFT).update(**columns):
        raise StaleError
    draft.refresh_from_db()
    return draft


@transaction.atomic
def discard_draft(*, kind: str, key: str = "default") -> None:
    """Throw the draft away; nothing happens when there is none."""
    ConfigurationVersion.objects.filter(kind=kind, key=key, state=State.DRAFT).delete()


@transaction.atomic
def publish(
    *, draft: ConfigurationVersion, based_on: int | None, preview_hash: str, comment: str, author
) -> ConfigurationVersion:
    """Put the draft into force in place of version ``based_on`` (None: there is none yet), and archive that one.

    Raises StaleError when another version is in force by now or the draft is not the one previewed, and
    InvalidDocumentError when the draft no longer passes the check (a fact has gone).
    """
    problems = kind_of(draft.kind).validate(draft.document)
    if problems:
        raise InvalidDocumentError(problems)
    previous = _take_out_of_force(draft.kind, draft.key, based_on)
    number = _next_number(draft.kind, draft.key, besides=draft)
    changed = ConfigurationVersion.objects.filter(pk=draft.pk, state=State.DRAFT, document_hash=preview_hash).update(
        state=State.PUBLISHED,
        number=number,
        based_on=previous,
        comment=comment,
        author=author,
        published_at=timezone.now(),
    )
    if not changed:
        raise StaleError
    draft.refresh_from_db()
    _came_into_force(draft)
    return draft


@transaction.atomic
def roll_back(
    *, kind: str, number: int, based_on: int, comment: str, author, key: str = "default"
) -> ConfigurationVersion:
    """Publish a copy of version ``number`` in place of ``based_on``. Raises StaleError, InvalidDocumentError."""
    source = ConfigurationVersion.objects.exclude(state=State.DRAFT).get(kind=kind, key=key, number=number)
    problems = kind_of(kind).validate(source.document)
    if problems:
        raise InvalidDocumentError(problems)
    previous = _take_out_of_force(kind, key, based_on)
    version = ConfigurationVersion.objects.create(
        kind=kind,
        key=key,
        number=_next_number(kind, key),
        state=State.PUBLISHED,
        document=source.document,
        document_hash=source.document_hash,
        based_on=previous,
        comment=comment,
        author=author,
        published_at=timezone.now(),
    )
    _came_into_force(version)
    return version


def _came_into_force(version: ConfigurationVersion) -> None:
    """Tell the kind's owner and the audit trail, in the caller's transaction."""
    kind_of(version.kind).put_into_force(version.document)
    before = version.based_on.number if version.based_on else None
    details = {"number": version.number, "before": before, "comment": version.comment}
    audit.record(version.author, "configuration.publish", f"{version.kind}:{version.key}", **details)


@transaction.atomic
def archive(*, kind: str, key: str, based_on: int) -> None:
    """Take a document out of force without a successor. Raises StaleError; ConfigurationError where one must stay."""
    if key in kind_of(kind).seeds and key == "default":
        raise ConfigurationError
    _take_out_of_force(kind, key, based_on)


def _take_out_of_force(kind: str, key: str, number: int | None) -> ConfigurationVersion | None:
    """Archive the version in force if it is still ``number``; the conditional update lets one of two win."""
    in_force = ConfigurationVersion.objects.filter(kind=kind, key=key, state=State.PUBLISHED)
    if number is None:
        if in_force.exists():
            raise StaleError
        return None
    if not in_force.filter(number=number).update(state=State.ARCHIVED):
        raise StaleError
    return ConfigurationVersion.objects.get(kind=kind, key=key, number=number)


def _next_number(kind: str, key: str, besides: ConfigurationVersion | None = None) -> int:
    versions = ConfigurationVersion.objects.filter(kind=kind, key=key)
    if besides is not None:
        versions = versions.exclude(pk=besides.pk)
    return (versions.aggregate(highest=Max("number"))["highest"] or 0) + 1


def seed_versions(**kwargs) -> None:
    """Publish version 1 of every seed that has no version yet; run after every migrate."""
    present = set(ConfigurationVersion.objects.values_list("kind", "key"))
    for kind in kinds():
        for key in kind.seeds:
            if (kind.name, key) not in present:
                _seed(kind, key)


def _seed(kind: Kind, key: str) -> None:
    ConfigurationVersion.objects.get_or_create(
        kind=kind.name,
        key=key,
        number=1,
        defaults={
            "state": State.PUBLISHED,
            "document": kind.seeds[key],
            "document_hash": document_hash(kind.seeds[key]),
            "published_at": timezone.now(),
        },
    )


@dataclass(frozen=True)
class Change:
    """One place where two documents differ; None stands for "not there"."""

    path: tuple
    label: str
    old: Any
    new: Any


def compare(old: ConfigurationVersion, new: ConfigurationVersion) -> list[Change]:
    """The places where the documents of two versions of one kind differ, in the order of their paths."""
    before, after = dict(flat(old.document)), dict(flat(new.document))
    labels = kind_of(new.kind).labels
    paths = [*before, *(path for path in after if path not in before)]
    return [
        Change(path, labels(path), before.get(path), after.get(path))
        for path in paths
        if before.get(path) != after.get(path)
    ]


def flat(document: Any, path: tuple = ()) -> Iterable[tuple[tuple, Any]]:
    """Every single value of a document with its path; members of a list go by their fact or tier if they have one."""
    if isinstance(document, Mapping):
        children = sorted(document.items())
    elif isinstance(document, list) and any(isinstance(item, Mapping) for item in document):
        children = [(_identity(item, position), item) for position, item in enumerate(document)]
    else:
        yield path, document
        return
    for key, value in children:
        yield from flat(value, (*path, key))


def _identity(item: Any, position: int):
    if isinstance(item, Mapping) and {"fact", "tier"} & set(item):
        return item.get("fact", item.get("tier"))
    return position
