"""`make screens` leaves no page out."""

from django.urls import resolve

from scripts.screen_steps import STEPS
from scripts.screen_table import SCREENS, Screen
from scripts.screens import pattern
from tests.permission_cases import CASES
from tests.permission_checks import case_of, routes

# what answers GET and is no page of its own
NO_PAGES = {
    "healthz": "for machines",
    "readyz": "for machines",
    "metrics": "for machines",
    "accounts:account_search": "a part of the log",
    "accounts:account_options": "a part of forms",
    "account_timeline": "a part of the account page",
    "account_chart": "the figures of a chart",
    "alert_rule_replay": "a part of the rule page",
    "import_progress": "a part of the import page",
    "import_rejected": "a file",
    "import_source": "a file",
    "run_progress": "a part of the run page",
    "accounts:notification_bell": "a part of every page",
    "palette": "a part of every page",
    "comment_open": "leads to the comments",
    "comment_people": "a part of the comments",
    "file_download": "a file",
    "file_picture": "a file",
    "loyalty:statement_export": "a file",
    "tier_months": "a part of the tier dashboard",
    "tier_dashboard_export": "a file",
}


def route_of(screen: Screen) -> str:
    return resolve(screen.address.replace("#", "1")).view_name


def pages() -> set[str]:
    """The routes that answer GET with a page for people."""
    return {
        name
        for name, route in routes().items()
        if not route.is_api and not route.is_export and case_of(route, CASES).gets and name not in NO_PAGES
    }


def test_every_page_is_a_screen():
    assert pages() - {route_of(screen) for screen in SCREENS} == set()


def test_every_reason_belongs_to_a_route():
    assert set(NO_PAGES) <= set(routes())


def test_screens_have_names_of_their_own():
    assert len({screen.name for screen in SCREENS}) == len(SCREENS)


def test_steps_exist():
    assert {name for screen in SCREENS for name, *_ in screen.steps} <= set(STEPS)


def test_the_address_of_a_screen_leaves_open_what_only_the_data_know():
    assert pattern("/accounts/#/edit/").fullmatch("/accounts/12/edit/")
    assert not pattern("/accounts/#/").fullmatch("/accounts/12/edit/")
