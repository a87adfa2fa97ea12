"""Files of other systems through the wizard, in a browser; the worker is the test itself."""

import csv
import gzip
import io
import random
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import Account
from core.database import money_sum
from kam.choices import ImportState
from kam.imports import work
from kam.models import ImportJob
from sales.models import Order
from tests import factories
from tests.browser.conftest import DESK

DATA = Path(settings.BASE_DIR).parent / "shared" / "data"
SUPERSTORE = DATA / "tableau_superstore_zh" / "superstore_zh_gbk.csv.gz"
MAVEN = DATA / "crm_sales_opportunities" / "accounts.csv"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the sample data are not beside the project")
CHINESE = ("订单编号", "客户编码", "客户名称", "下单日期", "物料编码", "数量", "单价")
MISLEADING = ("Date", "Product", "Amount", "Order", "Row", "Price", "Number")
PAIRS = 4_979
ORDER_COLUMNS = {
    "订单 ID": "order_number",
    "客户 ID": "account_code",
    "客户名称": "account_name",
    "订单日期": "ordered_on",
    "产品 ID": "product_code",
    "产品名称": "product_name",
    "数量": "quantity",
    "折扣": "discount",
    "利润": "profit",
    "销售额": "amount",
}
ACCOUNT_COLUMNS = {
    "account": "name",
    "sector": "industry",
    "employees": "employee_count",
    "office_location": "country",
    "subsidiary_of": "subsidiary_of",
}
ACCOUNTS_IN_CHINESE = ["客户名称", "所属行业", "成立年份", "营业额", "员工人数", "国家", "母公司"]


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def admin_page(open_page) -> Page:
    return open_page(DESK, user=factories.UserFactory(role="admin", username="boss"))


def upload(page: Page, name: str, content: bytes, kind: str) -> ImportJob:
    page.goto("/imports/")
    page.get_by_role("link", name="Import a file").first.click()
    page.locator("select[name=kind]").select_option(kind)
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("button", name="Check the file")).to_be_visible()
    return ImportJob.objects.latest("pk")


def check(page: Page, job: ImportJob) -> None:
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("#import[data-state=checking]")).to_be_visible()
    work.work_on(job.pk)
    expect(page.get_by_text("Before anything is written")).to_be_visible()


def start(page: Page, job: ImportJob) -> None:
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_text("You can leave this page")).to_be_visible()
    work.work_on(job.pk)
    expect(page.locator("#import[data-state=done]")).to_be_visible()
    job.refresh_from_db()
    assert job.state == ImportState.DONE


def choose(page: Page, columns: dict[int, str], count: int) -> None:
    """Set every column's field by hand."""
    for index in range(count):
        page.locator(f"select[name=column_{index}]").select_option(columns.get(index, ""))


@needs_data
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("headers", ["own", "shuffled", "misleading"])
def test_chinese_superstore_comes_in(admin_page, headers):
    own, *rows = csv.reader(io.StringIO(gzip.decompress(SUPERSTORE.read_bytes()).decode("gb18030")))
    shown, rows, columns = arranged(own, rows, headers, ORDER_COLUMNS)
    job = upload(admin_page, "superstore.csv.gz", gzip.compress(written(shown, rows).encode("gb18030")), "orders")
    expect(admin_page.locator("select[name=encoding]")).to_have_value("gb18030")
    if headers == "misleading":
        choose(admin_page, columns, len(shown))
    check(admin_page, job)
    assert not Order.objects.exists()
    start(admin_page, job)
    assert (job.read_count, job.rejected_count, job.created_count) == (10_000, 0, PAIRS)
    assert Order.objects.values("order_number").distinct().count() == 2_773
    assert Order.objects.filter(kind="return").count() == 0
    net = Order.objects.aggregate(sum=money_sum("amount"))["sum"]
    assert round(net) == round(sum(amounts(SUPERSTORE)))


def arranged(own: list[str], rows: list[list[str]], headers: str, fields: dict[str, str]):
    """A copy of a file: its headers as ``headers`` says, its rows, and the columns that hold ``fields``."""
    order = list(range(len(own)))
    if headers == "shuffled":
        order = random.Random(7).sample(order, len(order))
    columns = {position: fields[own[index]] for position, index in enumerate(order) if own[index] in fields}
    shown = [own[index] for index in order]
    if headers == "misleading":
        shown = [*shown[1:], shown[0]]
    return shown, [[row[index] for index in order] for row in rows], columns


def written(headers: list[str], rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([headers, *rows])
    return text.getvalue()


def amounts(path: Path) -> list[float]:
    rows = csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode("gb18030")))
    return [float(row["销售额"]) for row in rows]


@needs_data
@pytest.mark.parametrize("headers", ["own", "shuffled", "chinese", "misleading"])
def test_accounts_without_codes_come_in(admin_page, headers):
    own, *rows = csv.reader(io.StringIO(MAVEN.read_text("utf8")))
    shown, rows, columns = arranged(own, rows, headers, ACCOUNT_COLUMNS)
    shown = ACCOUNTS_IN_CHINESE if headers == "chinese" else shown
    job = upload(admin_page, "accounts.csv", written(shown, rows).encode(), "accounts")
    if headers == "misleading":
        choose(admin_page, columns, len(shown))
    else:
        assert job.mapping == {field: position for position, field in columns.items()}
    check(admin_page, job)
    start(admin_page, job)
    assert (job.created_count, Account.objects.count()) == (85, 85)
    assert set(Account.objects.filter(code__regex=r"^A\d{6}$").values_list("pk")) == set(
        Account.objects.values_list("pk")
    )
    assert Account.objects.filter(parent__name="Acme Corporation").exists()
    assert Account.objects.get(name="Acme Corporation").employee_count == 2822


def small_file(headers: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headers)
    for n in range(40):
        order, account = n // 2, n // 2 % 5
        name = f"{'九川海港东方西岭'[account]}川轨道有限公司"
        writer.writerow(
            [f"SO{order:04d}", f"K{account}", name, f"2026-01-{order + 1:02d}", f"P{n % 3}", n % 4 + 1, "2.50"]
        )
    return text.getvalue().encode()


@pytest.mark.parametrize("headers", [CHINESE, MISLEADING], ids=["chinese", "misleading"])
def test_strange_headers_are_put_right_by_hand_where_the_guess_fails(admin_page, headers):
    job = upload(admin_page, "strange.csv", small_file(headers), "orders")
    keys = ("order_number", "account_code", "account_name", "ordered_on", "product_code", "quantity", "unit_price")
    if headers is CHINESE:
        assert job.mapping == {key: index for index, key in enumerate(keys)}
    else:
        expect(admin_page.get_by_text("please check").first).to_be_visible()
        choose(admin_page, dict(enumerate(keys)), len(headers))
    check(admin_page, job)
    start(admin_page, job)
    assert (job.created_count, job.rejected_count) == (20, 0)
    assert Order.objects.aggregate(sum=money_sum("amount"))["sum"] == 250


def test_rejected_rows_come_back_mended(admin_page, tmp_path):
    header = "order_number,account_code,ordered_on,amount\n"
    job = upload(admin_page, "orders.csv", (header + "1,K1,2026-01-05,5\n2,K1,soon,6\n").encode(), "orders")
    check(admin_page, job)
    expect(admin_page.get_by_role("cell", name="This is not a date")).to_be_visible()
    start(admin_page, job)
    with admin_page.expect_download() as download:
        admin_page.get_by_role("link", name="Download the rejected rows").click()
    text = Path(download.value.path()).read_text("utf-8-sig").replace("soon", "2026-01-06")
    again = upload(admin_page, "mended.csv", text.encode("utf-8-sig"), "orders")
    check(admin_page, again)
    start(admin_page, again)
    assert (again.read_count, again.created_count) == (1, 1)
    assert Order.objects.count() == 2


PEOPLE = "客户编码,姓名,邮箱,职务,手机\nK1,李雷,li@k1.example,采购总监,138 0013 8000\nK1,韩梅,,Buyer,12\n"


def test_contacts_in_utf16_come_in_and_are_taken_back(admin_page):
    account = factories.AccountFactory(code="K1", country="CN")
    job = upload(admin_page, "people.csv", PEOPLE.encode("utf-16-le"), "contacts")
    expect(admin_page.locator("select[name=encoding]")).to_have_value("utf-16-le")
    check(admin_page, job)
    expect(admin_page.get_by_text("This is no telephone number")).to_be_visible()
    start(admin_page, job)
    assert set(account.contacts.values_list("name", "title")) == {("李雷", "采购总监")}
    admin_page.get_by_role("button", name="Take the import back").click()
    expect(admin_page.get_by_text("is being taken back")).to_be_visible()
    work.work_on(job.pk)
    expect(admin_page.locator("#import[data-state=undone]")).to_be_visible()
    assert not account.contacts.exists()
    upload(admin_page, "people.csv", PEOPLE.encode("utf-16-le"), "contacts")
    expect(admin_page.get_by_text("As last time")).to_be_visible()
