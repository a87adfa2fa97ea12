import re
from pathlib import Path

import pytest

from core.models import AuditEntry
from users.audit_words import ACTIONS, action_words, details_words, subject_words

ROOT = Path(__file__).parents[2]
RECORDED = re.compile(r'record\(\s*[\w.]+,\s*"([a-z_.]+)"')


def test_every_recorded_action_has_words():
    sources = [path for path in ROOT.glob("*/**/*.py") if path.relative_to(ROOT).parts[0] not in ("tests", ".venv")]
    recorded = {name for path in sources for name in RECORDED.findall(path.read_text(encoding="utf8"))}
    assert {"contact.view", "export", "user.signed_in"} <= recorded
    assert recorded <= set(ACTIONS)


@pytest.mark.parametrize(
    ("action", "subject", "words"),
    [
        ("contact.view", "contact:7", ("Looked at a contact", "Contact 7")),
        ("user.sign_in_failed", "nobody", ("Failed to sign in", "nobody")),
        ("something.new", "odd:1", ("something.new", "odd:1")),
    ],
)
def test_entry_reads_in_words(action, subject, words):
    entry = AuditEntry(action=action, subject=subject)
    assert (action_words(entry), subject_words(entry)) == words


def test_details_are_pairs_without_brackets_and_without_what_is_empty():
    details = {"fields": ["language", "theme"], "filters": {}, "count": 4, "odd": {"a": 1}}
    assert details_words(details) == "fields: language theme, rows: 4, odd: a=1"
