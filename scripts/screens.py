"""`make screens`: every screen × (390, 1440) × (light, dark) × (en, zh) as pictures, contact sheets and findings.

Without an address the product is started on fresh demo data; `--url http://localhost:8000` takes a running one with
demo logins. Pictures go to `screens/`. Exit code 1 when a page overflows, clips or leaves text untranslated, moves
while it loads, breaks a rule of accessibility or reports an error.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from scripts.servers import free_port, wait_for
from scripts.system import chromium

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "screens"
PASSWORD = "demo-password-1"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
WIDTHS = {390: {"width": 390, "height": 844}, 1440: {"width": 1440, "height": 900}}
LANGUAGES = ("en", "zh-hans")
LOCALES = {"en": "en-GB", "zh-hans": "zh-CN"}
THEMES = ("light", "dark")
LARGEST_SHIFT = 0.1
ON_A_SHEET = 6


@dataclass(frozen=True)
class Screen:
    """A page to look at: its address, who looks, and the first link to follow from there to a record's page."""

    name: str
    path: str
    role: str = "manager"
    follow: str = ""


FIRST_ROW = "td.is-title a"
SCREENS = (
    Screen("sign_in", "/login/", role=""),
    Screen("password_reset", "/password-reset/", role=""),
    Screen("today", "/", role="rep"),
    Screen("today_manager", "/"),
    Screen("accounts", "/accounts/"),
    Screen("accounts_empty", "/accounts/?q=zzzzzz"),
    Screen("account", "/accounts/?ordering=-score", follow=FIRST_ROW),
    Screen("account_new", "/accounts/new/"),
    Screen("unassigned", "/accounts/unassigned/", role="admin"),
    Screen("contacts", "/contacts/"),
    Screen("contact", "/contacts/", follow=FIRST_ROW),
    Screen("interactions", "/interactions/"),
    Screen("interaction_log", "/interactions/log/", role="rep"),
    Screen("tasks", "/tasks/", role="rep"),
    Screen("orders", "/orders/"),
    Screen("order", "/orders/", follow=FIRST_ROW),
    Screen("receivables", "/receivables/"),
    Screen("payments", "/payments/"),
    Screen("products", "/products/"),
    Screen("alerts", "/alerts/"),
    Screen("alert", "/alerts/", follow=FIRST_ROW),
    Screen("search", "/search/?q=a"),
    Screen("tiers", "/tiers/"),
    Screen("value_score", "/settings/value-score/", role="admin"),
    Screen("tier_limits", "/settings/tiers/", role="admin"),
    Screen("alert_rules", "/settings/alert-rules/", role="admin"),
    Screen("alert_rule", "/settings/alert-rules/order_gap/", role="admin"),
    Screen("imports", "/imports/", role="admin"),
    Screen("import_new", "/imports/new/", role="admin"),
    Screen("runs", "/runs/", role="admin"),
    Screen("run", "/runs/", role="admin", follow=FIRST_ROW),
    Screen("users", "/settings/users/", role="admin"),
    Screen("teams", "/settings/teams/", role="admin"),
    Screen("profile", "/profile/", role="rep"),
    Screen("tokens", "/profile/tokens/", role="rep"),
    Screen("missing", "/accounts/999999999/", role="rep"),
)


@dataclass
class Look:
    """What was seen on one screen at one width in one language, both themes together."""

    screen: Screen
    width: int
    language: str
    findings: list[str] = field(default_factory=list)


def messages() -> list[str]:
    """Every English text of the product that has no placeholder: on a Chinese page none of them may stand."""
    catalogue = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    if not catalogue.exists():
        return []
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.*)"', catalogue.read_text(encoding="utf8"), re.MULTILINE)
    return [source for source, target in pairs if source != target and "%(" not in source and " " in source]


@contextmanager
def started_product() -> Iterator[str]:
    """The address of the product on fresh demo data after one nightly run; it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="kam-screens-") as folder:
        port = free_port()
        environment = {
            **os.environ,
            "VAR_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/kam.sqlite3",
            "CELERY_BROKER_URL": "filesystem://",
            "DJANGO_SETTINGS_MODULE": "kam.settings.dev",
            "DEMO": "1",
        }
        manage = [sys.executable, str(ROOT / "manage.py")]
        for command in (["migrate", "-v0"], ["demo"], ["nightly"]):
            subprocess.run([*manage, *command], env=environment, check=True, stdout=subprocess.DEVNULL)
        serve = [*manage, "runserver", f"127.0.0.1:{port}", "--noreload"]
        with (
            Path(folder, "server.log").open("w") as log,
            subprocess.Popen(serve, env=environment, stderr=log) as server,
        ):
            try:
                wait_for(lambda: answers(f"http://127.0.0.1:{port}/healthz"), "the product", 60)
                yield f"http://127.0.0.1:{port}"
            finally:
                server.terminate()


def answers(url: str) -> bool:
    try:
        return urlopen(url, timeout=2).status == 200
    except OSError:
        return False


def sign_in(context: BrowserContext, base_url: str, role: str, language: str) -> None:
    """A session of the demo login of ``role``, reading in ``language`` and following the browser's theme."""
    page = context.new_page()
    if role:
        page.goto("/login/")
        page.fill("[name=username]", role)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/login/" not in url)
        page.goto("/profile/")
        page.evaluate(
            """language => fetch("/profile/preferences/", {method: "POST", headers: {"X-CSRFToken": KAM.csrf()},
                body: new URLSearchParams({language, theme: ""})})""",
            language,
        )
    else:
        context.add_cookies([{"name": "django_language", "value": language, "url": base_url}])
    page.close()


def open_screen(page: Page, screen: Screen) -> list[str]:
    """Go to the screen; what went wrong on the way."""
    answer = page.goto(screen.path)
    if answer.status >= 400 and screen.name != "missing":
        return [f"status {answer.status}"]
    if screen.follow:
        link = page.locator(screen.follow).first
        if not link.count():
            return ["no record to follow"]
        page.goto(link.get_attribute("href"))
    page.wait_for_load_state("networkidle")
    return []


def shift_of(page: Page) -> float:
    """The layout shift since the page began to load."""
    return page.evaluate(
        """() => new Promise(done => { let sum = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => {
            if (!entry.hadRecentInput) sum += entry.value; })).observe({type: "layout-shift", buffered: true});
            setTimeout(() => done(sum), 100); })"""
    )


def checked(page: Page, language: str, known: list[str], checks: str) -> list[str]:
    """Overflow, clipped and untranslated text, layout shift."""
    seen = page.evaluate(checks, {"isChinese": language.startswith("zh"), "messages": known})
    findings = [f"{kind}: {text}" for kind, texts in seen.items() for text in texts]
    shift = shift_of(page)
    return findings + ([f"layout shift {shift:.2f}"] if shift > LARGEST_SHIFT else [])


def rules_broken(page: Page) -> list[str]:
    """What axe finds, with the first element of each."""
    violations = Axe().run(page).response["violations"]
    return [f"axe {found['id']} ×{len(found['nodes'])}: {found['nodes'][0]['html'][:100]}" for found in violations]


def picture(screen: Screen, width: int, theme: str, language: str) -> Path:
    return OUTPUT / f"{screen.name}-{width}-{theme}-{language[:2]}.png"


def look_at(page: Page, look: Look, known: list[str], checks: str) -> None:
    """Open one screen, check it, and take its picture in both themes."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    look.findings += open_screen(page, look.screen)
    look.findings += checked(page, look.language, known, checks)
    for theme in THEMES:
        page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
        page.wait_for_timeout(150)
        path = picture(look.screen, look.width, theme, look.language)
        page.screenshot(path=path, full_page=look.width > 390)
        look.findings += [f"{theme} {text}" for text in rules_broken(page)]
    is_expected = look.screen.name == "missing"
    look.findings += [f"console: {text[:120]}" for text in errors if not (is_expected and "404" in text)]


def look_around(browser: Browser, url: str, screens: list[Screen]) -> list[Look]:
    """Every screen at every width in every language."""
    known, checks = messages(), (ROOT / "scripts" / "screens.js").read_text(encoding="utf8")
    looks = []
    for language in LANGUAGES:
        for width, size in WIDTHS.items():
            for role in dict.fromkeys(screen.role for screen in screens):
                context = browser.new_context(
                    base_url=url, viewport=size, locale="zh-CN" if language != "en" else "en-GB"
                )
                sign_in(context, url, role, language)
                for screen in (screen for screen in screens if screen.role == role):
                    looks.append(Look(screen, width, language))
                    page = context.new_page()
                    look_at(page, looks[-1], known, checks)
                    page.close()
                context.close()
    return looks


def contact_sheets(browser: Browser, screens: list[Screen]) -> None:
    """Sheets of small pictures: a row per screen, a column per theme and language."""
    for width in WIDTHS:
        for start in range(0, len(screens), ON_A_SHEET):
            part = screens[start : start + ON_A_SHEET]
            html = OUTPUT / "sheet.html"
            html.write_text(sheet_html(part, width), encoding="utf8")
            page = browser.new_page(viewport={"width": 1600, "height": 900})
            page.goto(html.as_uri())
            page.screenshot(path=OUTPUT / f"sheet-{width}-{start // ON_A_SHEET + 1}.png", full_page=True)
            page.close()
            html.unlink()


def sheet_html(screens: list[Screen], width: int) -> str:
    rows = []
    for screen in screens:
        paths = [picture(screen, width, theme, language) for theme in THEMES for language in LANGUAGES]
        images = "".join(f'<img src="{path.name}" alt="">' for path in paths if path.exists())
        rows.append(f"<h2>{screen.name}</h2><div>{images}</div>")
    style = "body{font:16px sans-serif;background:#888}div{display:flex;gap:8px}img{width:25%;max-height:900px;"
    style += "object-fit:cover;object-position:top}"
    return f"<!doctype html><meta charset=utf-8><style>{style}</style>{''.join(rows)}"


def report(looks: list[Look]) -> int:
    """Print the table; how many screens have findings."""
    bad = [look for look in looks if look.findings]
    for look in bad:
        print(f"\n{look.screen.name} {look.width} {look.language}")
        for finding in dict.fromkeys(look.findings):
            print(f"  {finding}")
    print(f"\n{len(looks)} screens looked at in both themes, {len(bad)} with findings; pictures in {OUTPUT}")
    return len(bad)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--url", help="a running product with demo logins")
    parser.add_argument("--only", default="", help="names of screens, separated by commas")
    options = parser.parse_args()
    names = set(filter(None, options.only.split(",")))
    screens = [screen for screen in SCREENS if not names or screen.name in names]
    OUTPUT.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        if options.url:
            looks = look_around(browser, options.url, screens)
        else:
            with started_product() as url:
                looks = look_around(browser, url, screens)
        contact_sheets(browser, screens)
        browser.close()
    return int(bool(report(looks)))


if __name__ == "__main__":
    sys.exit(main())
