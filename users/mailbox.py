"""Reads the mails that the file backend left in the mail folder."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

SEPARATOR = b"-" * 79
SHOWN = 50


@dataclass(frozen=True)
class StoredMail:
    name: str
    subject: str
    to: str
    body: str
    sent_at: datetime | None


def stored_mails() -> list[StoredMail]:
    """The newest mails first, at most SHOWN of them."""
    paths = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [parse_mail(path) for path in paths[:SHOWN]]


def read_mail(name: str) -> StoredMail | None:
    """The mail kept under ``name``, None when the folder has no such file."""
    path = Path(settings.EMAIL_FILE_PATH) / f"{name}.log"
    return parse_mail(path) if path.parent == Path(settings.EMAIL_FILE_PATH) and path.is_file() else None


def parse_mail(path: Path) -> StoredMail:
    content = path.read_bytes().split(SEPARATOR)[0]
    message = message_from_bytes(content, policy=policy.default)
    return StoredMail(
        name=path.stem,
        subject=message["Subject"] or "",
        to=message["To"] or "",
        body=message.get_body(("plain",)).get_content(),
        sent_at=parsedate_to_datetime(message["Date"]) if message["Date"] else None,
    )
