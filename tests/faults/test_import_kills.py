"""Real workers killed in the middle of an import: it goes on by itself, or leaves everything as it was before."""

import json
from pathlib import Path

import pytest

from tests.faults import installation as home
from tests.faults.conftest import POOL

pytestmark = pytest.mark.slow

RESUMES_WITHIN = 300
LINES = 16_000
HEADER = "order_number,account_code,account_name,ordered_on,product_code,product_name,quantity,unit_price\n"


def line(number: int) -> str:
    order = number // 4
    account, day = order % 90, f"2026-0{order % 6 + 1}-1{order % 10}"
    return f"F{order},FK{account},Fault Works {account},{day},FP{number % 50},Part,{number % 9 + 1},{number}.5"


@pytest.fixture(scope="session")
def file(tmp_path_factory) -> Path:
    """Orders of four lines, for accounts and products that are new."""
    path = tmp_path_factory.mktemp("file") / "orders.csv"
    path.write_text(HEADER + "\n".join(map(line, range(LINES))) + "\n")
    return path


def program(code: str) -> str:
    return f"import django; django.setup(); from kam.imports import services; from kam.models import ImportJob; {code}"


def bring(one: home.Installation, file: Path) -> None:
    """Hand a file in, as the wizard does; a worker checks it."""
    chunks = f"[open({str(file)!r}, 'rb').read()]"
    receive = f"services.receive_file(user=None, kind='orders', name='orders.csv', chunks={chunks})"
    one.call("-c", program(f"job = {receive}; services.start_check(job=job, mapping=job.mapping, options={{}})"))


def wait_for_state(one: home.Installation, *states: str) -> None:
    home.wait_until(lambda: one.imports()[-1] in states, seconds=RESUMES_WITHIN)


def wait_for_work(one: home.Installation) -> None:
    """Until a worker has taken the import up."""
    home.wait_until(lambda: one.query("SELECT 1 FROM kam_importjob WHERE attempt > 0"), seconds=RESUMES_WITHIN)


def wait_for_batches(one: home.Installation, more_than: int) -> None:
    """Until the writing is past its first batches."""
    home.wait_until(lambda: one.batches() > more_than or one.imports() == ["done"], seconds=RESUMES_WITHIN)


@pytest.mark.timeout(900)
def test_import_whose_worker_is_killed_goes_on_by_itself(copy, file):
    """One kill while the file is checked, two while it is written; nobody but the supervisor lends a hand."""
    calm, one = copy("calm"), copy("killed")
    assert json.loads(calm.manage("import", "orders", str(file), "--json"))["created"] == LINES // 4
    kills_in_writing = 0
    with home.Workers(one, pool=POOL) as workers:
        bring(one, file)
        wait_for_work(one)
        workers.kill()
        wait_for_state(one, "checked")
        one.call("-c", program("services.start_writing(job=ImportJob.objects.get())"))
        for _kill in range(2):
            wait_for_batches(one, one.batches())
            kills_in_writing += one.imports() == ["running"]
            workers.kill()
        wait_for_state(one, "done", "failed")
    assert kills_in_writing, "no kill hit the writing"
    assert one.imports() == ["done"]
    assert one.ask("contents.trade()") == calm.ask("contents.trade()")
    before = one.ask("contents.business()")
    assert json.loads(one.manage("import", "orders", str(file), "--json"))["unchanged"] == LINES // 4
    assert one.ask("contents.business()") == before


@pytest.mark.timeout(900)
def test_import_cancelled_after_a_kill_leaves_everything_as_before(copy, file):
    """The worker dies while it writes, the user gives up, and the next worker dies while it takes the import back."""
    one = copy("cancelled")
    before = one.ask("contents.business()")
    with home.Workers(one, pool=POOL) as workers:
        bring(one, file)
        wait_for_state(one, "checked")
        one.call("-c", program("services.start_writing(job=ImportJob.objects.get())"))
        wait_for_batches(one, 2)
        home.kill(workers.running["worker"])
        written = one.batches()
        assert one.imports() == ["running"], "the kill came too late"
        one.call("-c", program("services.cancel_import(job=ImportJob.objects.get())"))
        workers.supervise()
        home.wait_until(lambda: one.batches() < written, seconds=RESUMES_WITHIN)
        workers.kill()
        wait_for_state(one, "cancelled", "failed", "done")
    assert one.imports() == ["cancelled"]
    assert one.ask("contents.business()") == before
