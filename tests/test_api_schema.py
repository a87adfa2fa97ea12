"""The API as its own description tells it: whatever a program makes of that, no answer is a fault of ours."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error

from kam.wsgi import application
from tests.permission_cases import build_stage
from tests.permission_checks import NO_SUCH_ID, rolled_back, token_headers

SEEDS = (1, 2, 3)
CALLERS = (("OWN", "write"), ("MGR", "write"), ("EX", "write"), ("AD", "write"), ("OWN", "read"), ("OWN", "export"))
FEW = settings(
    max_examples=2,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
RECORDS = {
    "accounts": "account",
    "contacts": "contact",
    "interactions": "interaction",
    "orders": "order",
    "alerts": "alert",
    "imports": "job",
    "runs": "run",
    "attachments": "attachment",
    "comments": "comment",
    "notifications": "notification",
    "points/corrections": "correction",
    "points/entries": "ledger_entry",
    "points/lots": "lot",
    "points/wallets": "account",
    "redemptions": "wish",
    "rewards": "reward",
    "saved-views": "view",
}


@pytest.fixture(autouse=True)
def _connection_stays_open():
    """The whole application is called here, and would close the connection in which the test's records stand."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def read_to_the_end(environ, start_response):
    """The application as a server runs it: what it streams is read and closed."""
    answer = application(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


def described_api(stage, headers):
    """The API as its caller reads it; fields that name an account or a contact know one that is there."""
    api = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", read_to_the_end, headers=headers)
    for schema in api.raw_schema["components"]["schemas"].values():
        for name in {"account", "reports_to"} & set(schema.get("properties", ())):
            record = stage.account if name == "account" else stage.contact
            schema["properties"][name] = {"type": "integer", "enum": [record.pk, NO_SUCH_ID]}
    return api


def fixed_key(operation, stage) -> dict:
    """The key of a record of the stage where the address has one."""
    resource, brace, name = operation.path.removeprefix("/api/v1/").partition("/{")
    return {name.partition("}")[0]: getattr(stage, RECORDS[resource]).pk} if brace else {}


def call_as_described(operation, stage, headers, number: int) -> list[int]:
    """Some calls of one operation, good ones and bad ones; the codes of the answers."""
    key, codes = fixed_key(operation, stage), []
    modes = [operation.as_strategy(mode, path_parameters=key or None) for mode in GenerationMode]

    @seed(number)
    @FEW
    @given(case=st.one_of(modes))
    def call(case):
        with rolled_back():
            response = case.call(headers=headers)
        case.validate_response(response, checks=[not_a_server_error])
        codes.append(response.status_code)

    call()
    return codes


@pytest.mark.parametrize(("actor", "scope"), CALLERS)
def test_no_call_makes_a_fault_of_ours(actors, actor, scope):
    stage = build_stage(actors)
    stage.ledger_entry, stage.lot = stage.wallet.entries.first(), stage.wallet.lots.first()
    headers = token_headers(stage, actor, scope)
    codes = [
        code
        for operation in described_api(stage, headers).get_all_operations()
        for number in SEEDS
        for code in call_as_described(operation.ok(), stage, headers, number)
    ]
    assert 429 not in codes, "the calls were throttled, so that most of them tried nothing"
    assert scope == "export" or 200 in codes
