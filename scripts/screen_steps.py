"""What a screen's row may ask to be done on its page: ("fill", "[name=email]", "rep@example.com")."""

from playwright.sync_api import Page

LONGEST_WAIT = 60_000


def click(page: Page, selector: str) -> None:
    page.locator(selector).first.click()


def press(page: Page, selector: str) -> None:
    """Click what leads to another page, and wait for that."""
    with page.expect_navigation():
        page.locator(selector).first.click()


def fill(page: Page, selector: str, text: str) -> None:
    page.locator(selector).first.fill(text)


def type_in(page: Page, selector: str, text: str) -> None:
    """Key by key, as what listens for input expects it."""
    page.locator(selector).first.press_sequentially(text)


def choose(page: Page, selector: str, value: str) -> None:
    page.locator(selector).first.select_option(value)


def upload(page: Page, selector: str, name: str, text: str) -> None:
    page.locator(selector).set_input_files({"name": name, "mimeType": "text/csv", "buffer": text.encode()})


def key(page: Page, keys: str) -> None:
    page.keyboard.press(keys)


def wait(page: Page, selector: str) -> None:
    page.locator(selector).first.wait_for(timeout=LONGEST_WAIT)


def forget(page: Page) -> None:
    """Without the cookies of the page, as when they are refused."""
    page.context.clear_cookies()


def unrequire(page: Page) -> None:
    """Send the form past the browser's own checks."""
    page.evaluate("document.querySelectorAll('form').forEach(form => { form.noValidate = true })")


def meanwhile(page: Page, selector: str) -> None:
    """Somebody else saves the same form with another value while this page is open."""
    other = page.context.new_page()
    other.goto(page.url)
    field = other.locator(selector)
    field.fill("North" if field.input_value() != "North" else "South")
    press(other, "main .btn-primary")
    other.close()


STEPS = {
    "click": click,
    "press": press,
    "fill": fill,
    "type": type_in,
    "choose": choose,
    "upload": upload,
    "key": key,
    "wait": wait,
    "forget": forget,
    "unrequire": unrequire,
    "meanwhile": meanwhile,
}


def do(page: Page, steps: tuple[tuple[str, ...], ...]) -> None:
    for name, *arguments in steps:
        STEPS[name](page, *arguments)
