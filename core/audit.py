"""The audit trail: who did what with which data, and when."""

from core.models import AuditEntry


def record(user, action: str, subject: object = "", **details) -> AuditEntry:
    """Write one entry of the audit trail, in the caller's transaction.

    ``subject`` is a record (kept as "account:17") or a short text; ``details`` is plain JSON without secrets.
    """
    return AuditEntry.objects.create(
        user=user if user and user.is_authenticated else None,
        action=action,
        subject=subject_name(subject)[:100],
        details=details,
    )


def subject_name(subject: object) -> str:
    """``user:7`` for a stored record, the text itself for a text."""
    meta = getattr(subject, "_meta", None)
    return f"{meta.model_name}:{subject.pk}" if meta else str(subject)
