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
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from scripts import screen_steps
from scripts.screen_table import SCREENS, WIDTHS, Screen
from scripts.servers import free_port, wait_for
from scripts.system import chromium

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "screens"
PASSWORD = "demo-password-1"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
LANGUAGES = ("en", "zh-hans")
LOCALES = {"en": "en-GB", "zh-hans": "zh-CN"}
THEMES = ("light", "dark")
LARGEST_SHIFT = 0.1
ON_A_SHEET = 6
LONGEST_START = 600
LONGEST_STEP = 15_000
TALLEST = 6_000
ALL_RULES: dict = {}
COLOURS = {"runOnly": ["color-contrast"]}  # of the rules only this one depends on the theme
REFUSED = "Failed to load resource"


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
    """The address of the product as `make run` starts it, on fresh demo data; it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="kam-screens-") as folder:
        port = free_port()
        environment = {
            **os.environ,
            "VAR_DIR": folder,
            "PORT": str(port),
            "DATABASE_URL": f"sqlite:///{folder}/kam.sqlite3",
            "CELERY_BROKER_URL": "filesystem://",
            "DEMO": "1",
        }
        command = [sys.executable, "-m", "scripts.run", "--tied"]
        with (
            Path(folder, "product.log").open("w") as log,
            subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=ROOT) as product,
        ):
            try:
                wait_for(lambda: answers(f"http://127.0.0.1:{port}/healthz"), "the product", LONGEST_START)
                yield f"http://127.0.0.1:{port}"
            finally:
                product.terminate()


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
    """Go to the screen and do its steps; what went wrong on the way."""
    answers: list[int] = []
    page.on("response", lambda answer: answers.append(answer.status) if is_page(page, answer) else None)
    page.goto(screen.path)
    for selector in screen.follow:
        link = page.locator(selector).first
        if not link.count():
            return [f"nothing to follow: {selector}"]
        page.goto(urlsplit(link.get_attribute("href"))._replace(scheme="", netloc="").geturl())
    screen_steps.do(page, screen.steps)
    page.wait_for_load_state("networkidle")
    address = pattern(screen.address).fullmatch(urlsplit(page.url).path)
    return ([] if answers[-1] == screen.status else [f"status {answers[-1]}"]) + ([] if address else [f"at {page.url}"])


def is_page(page: Page, answer: Response) -> bool:
    """Whether the answer is the page itself and no redirect to it."""
    return answer.request.is_navigation_request() and answer.frame == page.main_frame and answer.status // 100 != 3


def pattern(address: str) -> re.Pattern:
    """Addresses like this one; # is what only the data know."""
    return re.compile(re.escape(address).replace(r"\#", "[^/]+"))


def shift_of(page: Page) -> float:
    """The layout shift since the page began to load."""
    return page.evaluate(
        """() => new Promise(done => { let sum = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => {
            if (!entry.hadRecentInput) sum += entry.value; })).observe({type: "layout-shift", buffered: true});
            setTimeout(() => done(sum), 100); })"""
    )


def checked(page: Page, look: Look, known: list[str], checks: str) -> list[str]:
    """What scripts/screens.js sees, and the layout shift."""
    seen = page.evaluate(
        checks, {"isChinese": look.language.startswith("zh"), "isPhone": look.width == min(WIDTHS), "messages": known}
    )
    findings = [f"{kind}: {text}" for kind, texts in seen.items() for text in texts]
    shift = shift_of(page)
    return findings + ([f"layout shift {shift:.2f}"] if shift > LARGEST_SHIFT else [])


def rules_broken(page: Page, rules: dict) -> list[str]:
    """What axe finds, with the first element of each."""
    violations = Axe().run(page, options=rules).response["violations"]
    return [f"axe {found['id']} ×{len(found['nodes'])}: {found['nodes'][0]['html'][:100]}" for found in violations]


def show_all(page: Page) -> None:
    """A window as high as the page, so that what is fixed to its edges stands at the edges of the picture."""
    page.evaluate("window.scrollTo(0, 0)")
    height = page.evaluate("document.documentElement.scrollHeight")
    size = page.viewport_size
    page.set_viewport_size({"width": size["width"], "height": min(max(height, size["height"]), TALLEST)})


def picture(screen: Screen, width: int, theme: str, language: str) -> Path:
    return OUTPUT / f"{screen.name}-{width}-{theme}-{language[:2]}.png"


def look_at(page: Page, look: Look, known: list[str], checks: str) -> None:
    """Open one screen, check it, and take its picture in both themes."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(LONGEST_STEP)
    look.findings += open_screen(page, look.screen)
    look.findings += checked(page, look, known, checks)
    show_all(page)
    for theme in THEMES:
        page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
        page.wait_for_timeout(150)
        path = picture(look.screen, look.width, theme, look.language)
        page.screenshot(path=path)
        look.findings += [
            f"{theme} {text}" for text in rules_broken(page, ALL_RULES if theme == THEMES[0] else COLOURS)
        ]
    is_refused = look.screen.status >= 400
    look.findings += [f"console: {text[:120]}" for text in errors if not (is_refused and text.startswith(REFUSED))]


@contextmanager
def noted(look: Look) -> Iterator[None]:
    """A step that cannot be done is a finding of its screen; the others are looked at all the same."""
    try:
        yield
    except PlaywrightError as error:
        look.findings.append(str(error).splitlines()[0][:160])


def planned(options: argparse.Namespace) -> list[Look]:
    """What to look at, in the order in which one session of a role serves for as many screens as possible."""
    names = set(filter(None, options.only.split(",")))
    screens = [screen for screen in SCREENS if not names or screen.name in names]
    return [
        Look(screen, width, language)
        for language in options.languages
        for width in options.widths
        for role in dict.fromkeys(screen.role for screen in screens)
        for screen in screens
        if screen.role == role and width in screen.widths
    ]


def look_around(browser: Browser, url: str, looks: list[Look]) -> None:
    """Look at everything planned, and say what was found as it is found."""
    known, checks = messages(), (ROOT / "scripts" / "screens.js").read_text(encoding="utf8")
    for (language, width, role), group in groupby(looks, lambda look: (look.language, look.width, look.screen.role)):
        context = browser.new_context(base_url=url, viewport=WIDTHS[width], locale=LOCALES[language])
        sign_in(context, url, role, language)
        for look in group:
            page = context.new_page()
            with noted(look):
                look_at(page, look, known, checks)
            page.close()
            tell(look)
        context.close()


def tell(look: Look) -> None:
    if look.findings:
        print(f"\n{look.screen.name} {look.width} {look.language}")
    for finding in dict.fromkeys(look.findings):
        print(f"  {finding}", flush=True)


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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--url", help="a running product with demo logins")
    parser.add_argument("--only", default="", help="names of screens, separated by commas")
    parser.add_argument("--widths", type=int, nargs="+", default=list(WIDTHS), choices=list(WIDTHS))
    parser.add_argument("--languages", nargs="+", default=LANGUAGES, choices=LANGUAGES)
    options = parser.parse_args()
    looks = planned(options)
    OUTPUT.mkdir(exist_ok=True)
    with sync_playwright() as playwright, nullcontext(options.url) if options.url else started_product() as url:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        look_around(browser, url, looks)
        contact_sheets(browser, list(dict.fromkeys(look.screen for look in looks)))
        browser.close()
    pictures = sum(
        picture(look.screen, look.width, theme, look.language).exists() for look in looks for theme in THEMES
    )
    bad = [look for look in looks if look.findings]
    print(f"\n{len(looks)} looks in both themes, {pictures} pictures in {OUTPUT}, {len(bad)} looks with findings")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
