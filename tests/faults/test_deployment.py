"""The deployment as its files describe it, and what happens to it when something it stands on breaks."""

import http.client
import json
import re
import signal
import ssl
import statistics
import tempfile
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg2
import pytest
from django.conf import settings

from tests.faults.deployment import PROGRAMS, Deployment
from tests.faults.installation import wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("deployment"),
    pytest.mark.skipif("sqlite" in settings.DATABASES["default"]["ENGINE"], reason="has servers of its own"),
]

QUICK = {"NIGHTLY_LEASE_SECONDS": "3", "SHARD_SIZE": "10"}
SWEEP_OFTEN = (
    "from django_celery_beat.models import IntervalSchedule, PeriodicTask as T;"
    "IntervalSchedule.objects.update(every=2); T.objects.filter(name='nightly run').update(enabled=False)"
)
DIGEST = "import django, json; django.setup(); from tests import digest; print(json.dumps(digest.database_digest()))"
START_NIGHT = "from kam.nightly.services import start_run; print(start_run()[0].pk)"


@pytest.fixture(scope="module")
def kam():
    """Everything running, with a small company in it and a token for its administrator."""
    folder = tempfile.TemporaryDirectory(prefix="kam-deployment-", ignore_cleanup_errors=True)
    with folder as path, Deployment(Path(path), **QUICK) as deployment:
        for name in ("migrate", "worker", "web", "beat"):
            deployment.services[name]["environment"] |= QUICK
        demo = {"DJANGO_SETTINGS_MODULE": "kam.settings.dev", "DEMO": "1"}
        deployment.call(
            "migrate", "env", *(f"{k}={v}" for k, v in demo.items()), "python", "manage.py", "demo", "--accounts", "30"
        )
        deployment.manage("shell", "-v0", "-c", SWEEP_OFTEN)
        deployment.token = deployment.manage("token", "admin").split()[-1]
        for name in (*PROGRAMS, "proxy"):
            deployment.start(name)
        yield deployment


@pytest.fixture(autouse=True)
def _all_well(kam):
    for name in (*PROGRAMS, "proxy"):
        kam.wait_healthy(name, 180)


def accounts(kam, **options) -> tuple[int, str, float]:
    return kam.get("/api/v1/accounts/", Authorization=f"Token {kam.token}", **options)


def through_proxy(kam, method: str, path: str, body=None, timeout: float = 30, **headers) -> tuple[int, dict, str]:
    link = HTTPSConnection("127.0.0.1", kam.ports["proxy"], timeout=timeout, context=ssl._create_unverified_context())
    try:
        link.request(method, path, body=body, headers={"Host": "crm.example.com"} | headers)
        answer = link.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode(errors="replace")
    finally:
        link.close()


class Browser:
    """Somebody who signs in through the proxy and keeps cookies."""

    def __init__(self, kam):
        self.kam, self.cookies = kam, {}

    def ask(self, method: str, path: str, fields: dict | None = None, **headers) -> tuple[int, dict, str]:
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        extra = {"Referer": f"https://crm.example.com{path}"} | cookie | headers
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": self.cookies["csrftoken"]})
            extra["Content-Type"] = "application/x-www-form-urlencoded"
        status, found, text = through_proxy(self.kam, method, path, body, **extra)
        for name, value in re.findall(r"(csrftoken|sessionid)=([^;]*)", found.get("Set-Cookie", "")):
            self.cookies[name] = value
        return status, found, text


def test_services_of_the_file_are_well_and_reached_through_the_proxy_alone(kam):
    status, body, _seconds = kam.get("/readyz")
    checks = json.loads(body)["checks"]
    assert status == 200
    assert all(checks[name]["ok"] for name in ("database", "migrations", "broker", "queue")), checks
    assert through_proxy(kam, "GET", "/login/")[0] == 200
    assert through_proxy(kam, "GET", "/metrics")[0] == 404
    assert kam.get("/metrics", Authorization="Bearer metrics-Secret_1")[0] == 200
    assert through_proxy(kam, "GET", "/login/", **{"X-Forwarded-Proto": "http"})[0] == 200
    assert kam.query("SHOW lc_ctype") == [("C.UTF-8",)]
    assert kam.redis("broker").config_get("appendonly") == {"appendonly": "yes"}
    assert kam.redis("cache").config_get("maxmemory-policy") == {"maxmemory-policy": "allkeys-lru"}


def test_lockout_sees_the_real_address_whatever_a_client_invents(kam):
    """Twenty failures with twenty names and twenty invented addresses lock the one true address."""
    for number in range(21):
        someone = Browser(kam)
        someone.ask("GET", "/login/")
        invented = {
            "X-Forwarded-For": f"203.0.113.{number}",
            "X-Real-IP": f"203.0.113.{number}",
            "Forwarded": "for=1.1.1.1",
        }
        status, _headers, _text = someone.ask(
            "POST", "/login/", {"username": f"nobody{number}", "password": "x"}, **invented
        )
    try:
        assert status in (403, 429)
        assert {address for (address,) in kam.query("SELECT DISTINCT ip_address FROM axes_accessattempt")} == {
            "127.0.0.1"
        }
    finally:
        kam.manage("shell", "-v0", "-c", "from axes.utils import reset; reset()")


def test_request_id_of_the_proxy_is_in_the_lines_of_the_task_it_caused(kam):
    someone = Browser(kam)
    someone.ask("GET", "/login/")
    assert someone.ask("POST", "/login/", {"username": "admin", "password": "demo-password-1"})[0] == 302
    someone.ask("GET", "/runs/")
    night = datetime.now(ZoneInfo("Asia/Shanghai")).date() - timedelta(days=1)
    status, _headers, text = someone.ask("POST", "/runs/start/", {"as_of": night})
    assert status in (200, 302), text[:300]
    wait_until(lambda: night_is_over(kam), seconds=120, step=0.5)
    lines = [json.loads(line) for line in (kam.folder / "proxy" / "stdout").read_text().splitlines()]
    (request_id,) = {line["request_id"] for line in lines if line["path"] == "/runs/start/"}
    tasks = [line for line in json_lines(kam.log("worker")) if line.get("request_id") == request_id]
    assert {"task_started", "task_succeeded"} <= {line["event"] for line in tasks}


def json_lines(text: str) -> list[dict]:
    lines = []
    for line in text.splitlines():
        with suppress(ValueError):
            lines.append(json.loads(line))
    return [line for line in lines if isinstance(line, dict)]


def night_is_over(kam) -> bool:
    return not kam.query("SELECT 1 FROM kam_run WHERE state IN ('waiting', 'running')")


def run_states(kam) -> list[str]:
    return [state for (state,) in kam.query("SELECT state FROM kam_run ORDER BY id DESC LIMIT 1")]


def test_redis_flushed_and_gone_stops_no_page_and_loses_no_work(kam):
    kam.manage("shell", "-v0", "-c", START_NIGHT)
    for name in ("broker", "cache"):
        kam.redis(name).flushall()
        kam.kill(name)
    answers = [accounts(kam) for _number in range(5)]
    assert {status for status, _body, _seconds in answers} == {200}
    assert kam.get("/login/")[0] == 200
    assert json.loads(kam.get("/readyz")[1])["status"] == "degraded"
    for name in ("broker", "cache"):
        kam.start(name)
        kam.wait_healthy(name, 60)
    wait_until(lambda: night_is_over(kam), seconds=240, step=0.5)
    assert run_states(kam) == ["done"]


def test_redis_that_hangs_costs_a_page_seconds_and_no_work(kam):
    for name in ("broker", "cache"):
        kam.freeze(name)
    try:
        answers = [accounts(kam, timeout=60) for _number in range(3)]
        kam.manage("shell", "-v0", "-c", START_NIGHT)
    finally:
        for name in ("broker", "cache"):
            kam.thaw(name)
    assert {status for status, _body, _seconds in answers} == {200}
    assert max(seconds for _status, _body, seconds in answers) <= 10
    wait_until(lambda: night_is_over(kam), seconds=240, step=0.5)
    assert run_states(kam) == ["done"]


def test_postgresql_restarted_costs_the_requests_under_way_and_no_more(kam):
    with ThreadPoolExecutor(8) as pool:
        assert {answer[0] for answer in pool.map(lambda _n: accounts(kam), range(16))} == {200}
        kam.kill("db")
        away = [accounts(kam) for _number in range(3)]
        kam.start("db")
        wait_until(lambda: kam.is_healthy("db"), seconds=60, step=0.3)
        after = [answer[0] for answer in pool.map(lambda _n: accounts(kam), range(40))]
    assert [status for status, _body, _seconds in away] == [503] * 3
    assert "request_id" in away[0][1]
    failed = sum(status != 200 for status in after)
    assert failed <= int(kam.environment("web")["WEB_CONCURRENCY"]), after


def test_outage_is_told_in_the_language_of_the_visitor(kam):
    kam.kill("db")
    try:
        for language, words in {"en": "cannot be reached", "zh-hans": "暂时无法读取数据"}.items():
            status, text, _seconds = kam.get("/", Cookie="sessionid=x" * 4, Accept_Language=language)
            assert status in (302, 503)
            status, text, _seconds = kam.get("/profile/", Cookie="sessionid=" + "x" * 32, Accept_Language=language)
            assert (status, words in text) == (503, True), text
    finally:
        kam.start("db")


def test_postgresql_restarted_in_mid_night_leaves_no_half_of_it(kam):
    kam.manage("shell", "-v0", "-c", START_NIGHT)
    wait_until(lambda: kam.query("SELECT 1 FROM kam_runshard WHERE state = 'running'") != [], seconds=120, step=0.02)
    kam.kill("db")
    time.sleep(1)
    kam.start("db")
    wait_until(lambda: kam.is_healthy("db"), seconds=60, step=0.3)
    wait_until(lambda: night_is_over(kam), seconds=300, step=0.5)
    assert run_states(kam) == ["done"]
    before = json.loads(kam.call("migrate", "python", "-c", DIGEST))
    kam.manage("nightly")
    assert json.loads(kam.call("migrate", "python", "-c", DIGEST)) == before


def test_postgresql_that_hangs_costs_a_page_twenty_seconds_at_most(kam):
    assert accounts(kam)[0] == 200
    kam.freeze("db")
    try:
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _n: accounts(kam, timeout=60), range(4)))
    finally:
        kam.thaw("db")
    assert {status for status, _body, _seconds in answers} == {503}
    assert max(seconds for _status, _body, seconds in answers) <= 20
    wait_until(lambda: accounts(kam)[0] == 200, seconds=30, step=0.5)


def test_read_only_database_shows_pages_refuses_writes_and_ends_no_program(kam):
    pids = {name: kam.running[name].pid for name in PROGRAMS}
    read_only(kam, "on")
    try:
        assert accounts(kam)[0] == 200
        someone = Browser(kam)
        someone.ask("GET", "/login/")
        status, headers, _text = someone.ask("POST", "/login/", {"username": "rep", "password": "demo-password-1"})
        assert (status, headers["Retry-After"]) == (503, "15")
        time.sleep(6)
    finally:
        read_only(kam, "off")
    assert {name: kam.running[name].pid for name in PROGRAMS} == pids
    assert all(kam.running[name].poll() is None for name in PROGRAMS)
    someone.ask("GET", "/login/")
    assert someone.ask("POST", "/login/", {"username": "rep", "password": "demo-password-1"})[0] == 302


def read_only(kam, value: str) -> None:
    link = psycopg2.connect(kam.database_url(), options="-c default_transaction_read_only=off")
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
        cursor.execute("SELECT pg_reload_conf()")
    link.close()
    time.sleep(0.5)


def test_web_server_killed_in_mid_write_keeps_all_of_a_record_or_nothing(kam):
    """Whoever got no answer sends again under the same key; in the end each record is there once."""
    own = "SELECT a.id FROM accounts_account a JOIN users_user u ON u.id = owner_id WHERE username = 'rep' LIMIT 1"
    (account,) = kam.query(own)[0]
    kam.rep_token = kam.manage("token", "rep", "--scope", "write").split()[-1]
    keys = [f"{number:08x}-0000-4000-8000-00000000abcd" for number in range(24)]
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda key: log_visit(kam, account, key), keys)
        time.sleep(1)
        kam.kill("web")
        kam.start("web")
        kam.wait_healthy("web", 120)
        statuses = list(answers)
    assert set(statuses) <= {201, 200}
    found = kam.query("SELECT COUNT(*), COUNT(DISTINCT uuid) FROM accounts_interaction WHERE result = 'killed'")
    assert found == [(24, 24)]


def log_visit(kam, account: int, key: str) -> int:
    """Send one interaction until it is answered."""
    body = json.dumps({"account": account, "kind": "visit", "uuid": key, "result": "killed"})
    headers = {"Authorization": f"Token {kam.rep_token}", "Content-Type": "application/json", "Host": "crm.example.com"}
    for _attempt in range(200):
        with suppress(OSError, http.client.HTTPException):
            with closing(http.client.HTTPConnection("127.0.0.1", kam.ports["web"], timeout=30)) as link:
                link.request("POST", "/api/v1/interactions/", body, headers | {"X-Forwarded-Proto": "https"})
                status = link.getresponse().status
            if status < 500:
                return status
        time.sleep(0.3)
    raise TimeoutError(key)


def test_schedule_that_was_killed_goes_on_where_it_was(kam):
    kam.kill("beat")
    (before,) = kam.query("SELECT MAX(swept_at) FROM kam_sweep")[0]
    kam.start("beat")
    assert (
        wait_until(lambda: kam.query("SELECT MAX(swept_at) FROM kam_sweep")[0][0] > before, seconds=90, step=0.5) < 90
    )


SLOW = 50


def test_fifty_slow_clients_slow_nobody_down(kam):
    """They send a body a byte at a time; the others' pages take as long as before, give or take."""
    quiet = [timed(kam) for _number in range(12)]
    stop, started = threading.Event(), []
    slow = [threading.Thread(target=dribble, args=(kam, stop, started), daemon=True) for _number in range(SLOW)]
    for one in slow:
        one.start()
    wait_until(lambda: len(started) == SLOW, seconds=60)
    busy = [timed(kam) for _number in range(12)]
    stop.set()
    assert statistics.median(busy) < max(2 * statistics.median(quiet), statistics.median(quiet) + 0.5), (quiet, busy)


def timed(kam) -> float:
    started = time.monotonic()
    assert through_proxy(kam, "GET", "/login/")[0] == 200
    return time.monotonic() - started


def dribble(kam, stop: threading.Event, started: list) -> None:
    link = HTTPSConnection("127.0.0.1", kam.ports["proxy"], timeout=60, context=ssl._create_unverified_context())
    link.putrequest("POST", "/login/", skip_host=True)
    for name, value in {"Host": "crm.example.com", "Content-Length": "100000"}.items():
        link.putheader(name, value)
    link.endheaders()
    started.append(1)
    while not stop.wait(0.5):
        link.send(b"x")
    link.close()


@pytest.mark.parametrize("is_announced", [True, False], ids=["by its length", "by what has come"])
def test_upload_above_the_limit_is_refused_at_the_proxy(kam, is_announced):
    before = kam.log("web")
    link = HTTPSConnection("127.0.0.1", kam.ports["proxy"], timeout=60, context=ssl._create_unverified_context())
    link.putrequest("POST", "/login/", skip_host=True)
    link.putheader("Host", "crm.example.com")
    link.putheader(*("Content-Length", str(7 * 2**20)) if is_announced else ("Transfer-Encoding", "chunked"))
    link.endheaders()
    sent = 0
    with suppress(OSError):
        for _part in range(0 if is_announced else 112):
            link.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            sent += 65536
    assert link.getresponse().status == 413
    assert sent < 7 * 2**20 or not is_announced
    link.close()
    assert kam.log("web") == before


def test_programs_end_cleanly_when_asked(kam):
    for name in PROGRAMS:
        process = kam.running[name]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0, name
        kam.running.pop(name)
        kam.start(name)
