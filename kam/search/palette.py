"""The palette of Ctrl-K: what was opened last, what can be done, every page, saved views, accounts and contacts."""

from dataclasses import dataclass
from functools import cache

from django.urls import resolve, reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from core.access import role_may
from core.search import fold, search_key
from core.views import list_url
from kam import navigation
from kam.search import selectors
from users.selectors import saved_views

HITS = 6
RECENT = 8
PAGES = 8
LANGUAGES = ("en", "zh-hans")


@dataclass(frozen=True)
class Entry:
    """One line: where it leads, and what tells it from others of the same name."""

    label: str
    url: str
    icon: str
    hint: str = ""
    is_name: bool = False


@dataclass(frozen=True)
class Group:
    label: str
    entries: list[Entry]


@dataclass(frozen=True)
class Act:
    """Something to begin from anywhere, for who may."""

    label: str
    url_name: str
    icon: str
    permission: str


ACTS = (
    Act(_("Log an interaction"), "accounts:interaction_log", "message-circle", "interaction_task_case.write"),
    Act(_("New task"), "accounts:task_create", "checkbox", "interaction_task_case.write"),
    Act(_("New account"), "accounts:account_create", "building-community", "account.create"),
    Act(_("Import a file"), "import_upload", "file-import", "import.run_and_its_files"),
    Act(_("New user"), "users:user_create", "user-plus", "user.manage"),
    Act(_("My profile"), "users:profile", "user-circle", "profile.own"),
)


@cache
def key_of(texts: tuple[str, ...]) -> str:
    return search_key(*texts)


def key_of_label(label) -> str:
    """What a label is found by: both languages, pinyin and initials, whatever language the reader uses."""
    texts = []
    for language in LANGUAGES:
        with translation.override(language):
            texts.append(str(label))
    return key_of(tuple(texts))


def rank(key: str, text: str) -> int | None:
    """How well ``key`` answers ``text``: 0 a beginning, 1 a word's beginning, 2 a part, 3 its letters in order.

    >>> rank("tier limits", "lim"), rank("tier limits", "trlm"), rank("tier limits", "xyz")
    (1, 3, None)
    """
    wanted = fold(text)
    if key.startswith(wanted):
        return 0
    if f" {wanted}" in key:
        return 1
    if wanted in key:
        return 2
    letters = iter(key)
    return 3 if all(letter in letters for letter in wanted.replace(" ", "")) else None


def best(labelled: list[tuple[object, Entry]], text: str, limit: int) -> list[Entry]:
    """The entries whose label answers ``text``, the best first; all of them for no text."""
    ranked = [(rank(key_of_label(label), text) if text else 0, place) for place, (label, _entry) in enumerate(labelled)]
    found = sorted((how, place) for how, place in ranked if how is not None)
    return [labelled[place][1] for _how, place in found[:limit]]


def acts(user, text: str) -> list[Entry]:
    allowed = [act for act in ACTS if role_may(user, act.permission)]
    return best([(act.label, Entry(str(act.label), reverse(act.url_name), act.icon)) for act in allowed], text, PAGES)


def pages(user, text: str) -> list[Entry]:
    """The pages of the menu that answer ``text``."""
    items = [item for group in navigation.GROUPS for item in navigation.allowed(group.items, user)]
    return best([(item.label, Entry(str(item.label), item.url, item.icon)) for item in items], text, PAGES)


def views(user, text: str) -> list[Entry]:
    """The saved views whose name answers ``text``, with the list they belong to."""
    named = [view for view in saved_views(user) if rank(search_key(view.name), text) is not None]
    return [
        Entry(view.name, f"{list_url(view.list_key)}?view={view.pk}", "table", title_of(view.list_key), True)
        for view in named[:HITS]
    ]


def title_of(list_key: str) -> str:
    return str(resolve(list_url(list_key)).func.view_class.title)


def account_entry(account: Account) -> Entry:
    return Entry(account.name, reverse("account_page", args=[account.pk]), "building-community", account.code, True)


def contact_entry(contact: Contact) -> Entry:
    url = reverse("accounts:contact_page", args=[contact.pk])
    return Entry(contact.name, url, "user", contact.account.name, True)


def recent(user, keys: list[str]) -> list[Entry]:
    """The records of ``keys`` ("a12" an account, "c5" a contact) that ``user`` still sees, in that order."""
    accounts = Account.objects.visible_to(user).active().in_bulk(numbers(keys, "a"))
    contacts = Contact.objects.visible_to(user).active().select_related("account").in_bulk(numbers(keys, "c"))
    found = {f"a{pk}": account_entry(account) for pk, account in accounts.items()}
    found |= {f"c{pk}": contact_entry(contact) for pk, contact in contacts.items()}
    return [found[key] for key in keys if key in found]


def numbers(keys: list[str], kind: str) -> list[int]:
    return [
        int(key[1:]) for key in keys if key[:1] == kind and key[1:].isascii() and key[1:].isdigit() and len(key) < 19
    ]


def palette(user, text: str, keys: list[str]) -> list[Group]:
    """The groups below the field, empty ones left out."""
    if not text:
        groups = [
            Group(_("Opened last"), recent(user, keys[:RECENT])),
            Group(_("Do"), acts(user, "")),
            Group(_("Go to"), pages(user, "")),
        ]
    else:
        found = selectors.found(user, text, HITS)
        groups = [
            Group(_("Accounts"), [account_entry(account) for account in found.accounts]),
            Group(_("Contacts"), [contact_entry(contact) for contact in found.contacts]),
            Group(_("Do"), acts(user, text)),
            Group(_("Go to"), pages(user, text)),
            Group(_("Saved views"), views(user, text)),
        ]
    return [group for group in groups if group.entries]
