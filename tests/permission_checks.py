"""The checker behind the table of rights: calls one route as everybody and tells what differs from the table.

A route is judged per actor by what it answers (sign in, refused, missing, open), never by what it renders. A refused or
missing answer to a write must leave the database as it was; an open one must succeed, so that a denial is not passing
for the wrong reason. Everything an actor did is rolled back before the next one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from core.access import PUBLIC, code
from core.api import permission_row, scope_allows
from tests.digest import database_digest
from users.models import ApiToken

SIGN_IN, MISSING, REFUSED, OPEN = "sign in", "missing", "refused", "open"
STRICTNESS = (SIGN_IN, MISSING, REFUSED, OPEN)
PEOPLE = ("OWN", "HELP", "TEAM", "OTH", "MGR", "REG", "MOTH", "EX", "AD")
EVERYBODY = ("AN", *PEOPLE)
SAFE = ("get", "head", "options")
SAMPLED = ("AN", "OWN", "TEAM")  # enough for what does not depend on the actor: htmx, further scopes, missing verbs
API_VERBS = ("get", "post", "put", "patch", "delete", "options")
WRITES = ("INSERT", "UPDATE", "DELETE", "COPY ", "MERGE ")
TOKENS = frozenset({"users.ApiToken"})
NO_SUCH_ID = 987_654_321


def nothing(stage) -> dict:
    return {}


@dataclass(frozen=True)
class Case:
    """How to call one route: what its address and its payload are made of.

    ``keys``: the kwargs of the address, from the stage. ``posts``: a payload that the service accepts; without it the
    route takes no POST. ``gets``: whether it answers GET. ``names_account``: the address or the payload names the
    fixture's account or a record of it, so "-" means 404; else "-" means a page without anything of that account.
    ``post_row``: the row of writing where it differs from that of reading. ``expect``: actor → outcome where the table
    leaves it to the product (a "request", an "own"), with the reason beside it. ``payloads``: verb → payload, for the
    API. ``may_fail``: a payload that succeeds needs a step before; any answer but a denial is then open.
    """

    keys: Callable[[Any], dict] = nothing
    posts: Callable[[Any], dict] | None = None
    gets: bool = True
    names_account: bool | None = None
    post_row: str = ""
    expect: dict[str, str] = field(default_factory=dict)
    expect_post: dict[str, str] = field(default_factory=dict)
    query: Callable[[Any], dict] = nothing
    may_fail: bool = False
    payloads: dict[str, Callable[[Any], dict]] = field(default_factory=dict)

    @property
    def has_account(self) -> bool:
        return self.keys is not nothing if self.names_account is None else self.names_account


@dataclass(frozen=True)
class Route:
    """One address of the product, as the resolver knows it."""

    name: str
    path: str
    callback: Any
    parameters: frozenset[str]

    @property
    def view(self):
        return getattr(self.callback, "cls", None) or getattr(self.callback, "view_class", None) or self.callback

    @property
    def actions(self) -> dict[str, str]:
        """Verb → action of an API route, empty for a page."""
        return getattr(self.callback, "actions", None) or {}

    @property
    def is_api(self) -> bool:
        return self.path.startswith("api/")

    @property
    def is_export(self) -> bool:
        """The file beside a list, ``<list>/export.<kind>``."""
        return self.parameters == {"kind"}

    @property
    def rows(self) -> list[str]:
        """The rows of the table that guard the route, all of which must allow."""
        own = getattr(self.callback, "permission_key", None) or getattr(self.view, "permission_key", None)
        if self.is_api and own is None:
            keys = getattr(self.view, "permission_keys", {})
            return [keys.get(action, "") for action in self.actions.values()] or [*keys.values()]
        return [row for row in (own, getattr(self.view, "list_permission_key", None)) if row]


def routes() -> dict[str, Route]:
    """Every route of the resolver by its full name."""
    found: dict[str, Route] = {}
    for route in walk(get_resolver()):
        found.setdefault(route.name, route)
    return found


def case_of(route: Route, cases: dict[str, Case]) -> Case:
    """The declared case; a list, a page without an id and an export speak for themselves."""
    export = Case(keys=lambda stage: {"kind": "csv"}, names_account=False)
    return cases.get(route.name) or (export if route.is_export else Case())


def walk(resolver, namespace: str = "", prefix: str = "", parameters: frozenset = frozenset()) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        keys = parameters | set(entry.pattern.regex.groupindex) | set(getattr(entry.pattern, "converters", {}))
        if hasattr(entry, "url_patterns"):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from walk(entry, inner, path, keys)
        else:
            yield Route(f"{namespace}{entry.name or path}", path, entry.callback, keys)


def outcome_of_code(cell: str, *, has_account: bool, is_write: bool) -> str:
    """What one cell of the table promises to an actor."""
    if cell == "L":
        return SIGN_IN
    if cell in ("x", "request") or (cell == "v" and is_write):
        return REFUSED
    if cell == "-":
        return MISSING if has_account else OPEN
    return OPEN


def strictest(outcomes) -> str:
    return min(outcomes, key=STRICTNESS.index)


def expected(rows: list[str], actor: str, case: Case, *, is_write: bool) -> str:
    given = case.expect | (case.expect_post if is_write else {})
    if actor in given:
        return given[actor]
    if rows == [PUBLIC]:
        return OPEN
    cells = [code(row, actor) for row in rows]
    return strictest(outcome_of_code(cell, has_account=case.has_account, is_write=is_write) for cell in cells)


def outcome(response) -> str:
    """How a response reads to the actor."""
    if response.status_code == 401 or response.headers.get("Location", "").startswith("/login/?next="):
        return SIGN_IN
    return {403: REFUSED, 404: MISSING}.get(response.status_code, OPEN)


def page_client(stage, actor: str) -> Client:
    client = Client()
    if actor != "AN":
        client.force_login(getattr(stage, actor))
    return client


def problems(route: Route, case: Case, stage) -> list[str]:
    """Everything in which the route differs from the table, as sentences; none is what we want."""
    if route.is_api:
        return api_problems(route, case, stage)
    found = []
    for actor in EVERYBODY:
        client = page_client(stage, actor)
        if case.gets:
            found += attempt(route, case, stage, actor, lambda url, c=client: c.get(url), "GET")
        if case.gets and actor in SAMPLED:
            found += attempt(route, case, stage, actor, htmx_get(client), "GET by htmx")
        if case.posts is not None:
            data = case.posts(stage)
            found += attempt(route, case, stage, actor, lambda url, c=client, d=data: c.post(url, d), "POST")
    return found


def htmx_get(client: Client) -> Callable:
    return lambda url: client.get(url, headers={"HX-Request": "true"})


def attempt(route: Route, case: Case, stage, actor: str, call: Callable, what: str) -> list[str]:
    """Call once, judge, and take back whatever happened."""
    is_write = what == "POST"
    rows = [case.post_row] if is_write and case.post_row else route.rows
    wish = expected(rows, actor, case, is_write=is_write)
    with rolled_back():
        label = f"{route.name} {what} as {actor}"
        with watched(stage, may_change=is_write and wish == OPEN) as changes:
            response = call(address(route, case, stage))
        found = judge(label, response, wish, must_succeed=is_write, may_fail=is_write and case.may_fail)
        found += [f"{label}: {change}" for change in changes]
        if not found and wish == MISSING:
            missing = call(address(route, case, stage, is_missing=True))
            if (missing.status_code, missing.content) != (404, response.content):
                found.append(f"{label}: an unseen id reads unlike a missing one")
    return found


def judge(label: str, response, wish: str, *, must_succeed: bool, may_fail: bool = False) -> list[str]:
    """What a response has against the wish; a file that it sends is read to its end."""
    if response.streaming:
        b"".join(response.streaming_content)
    got = outcome(response)
    if got != wish:
        return [f"{label}: {wish} by the table, {got} in fact ({response.status_code})"]
    is_forgiven = may_fail or (response.status_code == 405 and not must_succeed)
    if wish == OPEN and response.status_code >= 400 and not is_forgiven:
        return [f"{label}: allowed, but answered {response.status_code}: {response.content[:300]!r}"]
    return []


@contextmanager
def watched(stage, *, may_change: bool, left_out: frozenset[str] = frozenset()):
    """Yields a list that afterwards says which business tables changed without leave: a denial, or a mere reading.

    The digest is taken only after a statement that could have written; the stage is the same for every call.
    """
    statements, changes = [], []

    def note(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield changes
    if not may_change and any(sql.lstrip().upper().startswith(WRITES) for sql in statements):
        changed = [table for table, digest in database_digest().items() if digest != stage.digest[table]]
        changes += [f"it must not, and yet it changed {table}" for table in changed if table not in left_out]


@contextmanager
def rolled_back():
    """Everything inside is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def address(route: Route, case: Case, stage, *, is_missing: bool = False) -> str:
    keys = case.keys(stage)
    if is_missing:
        keys = {name: NO_SUCH_ID if isinstance(value, int) else value for name, value in keys.items()}
    query = case.query(stage)
    return reverse(route.name, kwargs=keys, query=query or None)


def token_headers(stage, actor: str, scope: str) -> dict[str, str]:
    """The header of a token of ``actor``; none for AN."""
    if actor == "AN":
        return {}
    _token, plain = ApiToken.objects.create(user=getattr(stage, actor), scope=scope)
    return {"Authorization": f"Token {plain}"}


def api_problems(route: Route, case: Case, stage) -> list[str]:
    """As `problems`, with tokens of every scope instead of sessions, and every verb."""
    found = []
    for actor in EVERYBODY:
        for scope in ("read", "write", "export") if actor in SAMPLED else ("write",):
            with rolled_back():
                headers = token_headers(stage, actor, scope)
                for verb in API_VERBS if actor in SAMPLED else offered(route):
                    found += api_attempt(
                        route, case, stage, SimpleNamespace(actor=actor, scope=scope, verb=verb, headers=headers)
                    )
    return found


def api_attempt(route: Route, case: Case, stage, call: SimpleNamespace) -> list[str]:
    """One verb with one token. A verb that the route lacks is 404 for who does not see the record, else 405."""
    wish = api_expected(route, case, call)
    label = f"{route.name} {call.verb.upper()} as {call.actor} with scope {call.scope}"
    with rolled_back():
        may_change = wish == OPEN and call.verb not in SAFE
        with watched(stage, may_change=may_change, left_out=TOKENS) as changes:  # the checker itself makes tokens
            response = send(address(route, case, stage), case, stage, call)
        found = judge(label, response, wish, must_succeed=call.verb in offered(route), may_fail=case.may_fail)
        found += [f"{label}: {change}" for change in changes]
        if not found and wish == MISSING:
            missing = send(address(route, case, stage, is_missing=True), case, stage, call)
            if missing.content != response.content:
                found.append(f"{label}: an unseen id reads unlike a missing one")
    return found


def offered(route: Route) -> tuple[str, ...]:
    """The verbs that an API route is made for."""
    return tuple(route.actions) or ("get",)


def send(url: str, case: Case, stage, call: SimpleNamespace):
    payload = case.payloads.get(call.verb, nothing)(stage)
    options = {} if call.verb in SAFE else {"data": payload, "content_type": "application/json"}
    return getattr(Client(), call.verb)(url, headers=call.headers, **options)


def api_expected(route: Route, case: Case, call: SimpleNamespace) -> str:
    view = route.view()
    view.action = route.actions.get(call.verb)
    row = permission_row(view)
    is_write = call.verb not in SAFE
    if call.actor == "AN":
        return REFUSED if code(row, "AN") == "x" else SIGN_IN
    if not scope_allows(call.scope, row, is_safe=not is_write):
        return REFUSED
    return expected([row], call.actor, case, is_write=is_write)
