"""Which screens `make screens` looks at: every page of the product, and what a user opens on it."""

from dataclasses import dataclass

WIDTHS = {390: {"width": 390, "height": 844}, 1440: {"width": 1440, "height": 900}}
FIRST_ROW = "td.is-title a"
EDIT = "a[href$='/edit/']"
# a good row, one whose date and quantity cannot be read, one without an account
ORDERS = """Order,Customer code,Customer,Date,Product,Quantity,Price
SCREEN-1,SCREEN-A,Screen Works,2026-01-05,Valve,2,120.50
SCREEN-2,SCREEN-A,Screen Works,2026-31-05,Valve,two,120.50
SCREEN-3,,,2026-01-07,Pump,1,80
"""
BRING = (
    ("choose", "[name=kind]", "orders"),
    ("upload", "[name=file]", "orders.csv", ORDERS),
    ("press", "main .btn-primary"),
)
PRODUCTS = """SKU,Name,Price,Active
SCREEN-P1,Valve,120.50,yes
SCREEN-P2,Pump,dear,no
"""
START = (("press", "form[action$='/start/'] .btn-primary"), ("wait", "#import[data-state=done]"))
CHECKED = (("press", "form[action$='/check/'] > .btn-primary"), ("wait", "#import[data-state=checked]"))
BRING_PRODUCTS = (
    ("choose", "[name=kind]", "products"),
    ("upload", "[name=file]", "products.csv", PRODUCTS),
    ("press", "main .btn-primary"),
)
CHECK = (*BRING, *CHECKED)
WRONG = (("unrequire",), ("press", "main .btn-primary"))


COMMENT = (
    ("wait", "#notes textarea"),
    ("fill", "#notes textarea", "Prices were asked for twice."),
    ("click", "#notes .k-compose button"),
    ("wait", "#notes a[href*='/comments/']"),
    ("press", "#notes a[href*='/comments/']"),
)
VIEW = (
    ("click", ".k-viewacts summary"),
    ("fill", ".k-viewacts [name=name]", "Active ones"),
    ("press", ".k-viewacts [open] form .btn"),
    ("click", ".k-viewacts summary.btn-icon"),
    ("press", ".k-viewacts a[href$='/edit/']"),
)


@dataclass(frozen=True)
class Screen:
    """A page to look at.

    ``path`` is where the way begins and ``role`` who goes it; ``follow`` are links to follow from there, by selector;
    ``steps`` is what is then done on the page (see `scripts.screen_steps`). ``at`` is the address of the last page with
    # for what only the data know; it is the path where it says nothing. ``status`` is the answer that is expected.
    """

    name: str
    path: str
    role: str = "manager"
    follow: tuple[str, ...] = ()
    at: str = ""
    steps: tuple[tuple[str, ...], ...] = ()
    status: int = 200
    widths: tuple[int, ...] = tuple(WIDTHS)

    @property
    def address(self) -> str:
        return self.at or self.path.split("?")[0]


def record(name: str, path: str, at: str, *follow: str, role: str = "manager", **more) -> Screen:
    """The page of the first record of a list, or a page behind it."""
    return Screen(name, path, role, (FIRST_ROW, *follow), at, **more)


SIGNED_OUT = (
    Screen("sign_in", "/login/", role=""),
    Screen("sign_in_error", "/login/", role="", steps=WRONG),
    Screen("password_reset", "/password-reset/", role=""),
    Screen("password_reset_sent", "/password-reset/sent/", role=""),
    # one address may ask three times an hour; this one signs in nowhere else, so that the link in the mail stays good
    Screen(
        "password_reset_asked",
        "/password-reset/",
        role="",
        at="/password-reset/sent/",
        steps=(("fill", "[name=email]", "executive@demo.example"), ("press", "main .btn-primary")),
        widths=(390,),
    ),
    Screen("mails", "/mails/", role=""),
    Screen("mail", "/mails/", role="", follow=(".k-list a",), at="/mails/#/"),
    Screen(
        "password_set",
        "/mails/",
        role="",
        follow=(".k-list a", "a[href*='/password-reset/']"),
        at="/password-reset/#/set-password/",
    ),
    Screen("error_csrf", "/login/", role="", steps=(("forget",), *WRONG), status=403),
)
DAILY = (
    Screen("today", "/", role="rep"),
    Screen("today_manager", "/"),
    Screen("today_admin", "/", role="admin"),
    Screen("more", "/", role="rep", steps=(("click", "[popovertarget=more]"),), widths=(390,)),
    Screen(
        "palette",
        "/",
        role="rep",
        steps=(("key", "Control+k"), ("type", "#palette input", "a"), ("wait", "#palette-1-1")),
    ),
    Screen("keys", "/accounts/", steps=(("key", "?"), ("wait", "#keys[open]")), widths=(1440,)),
    Screen("search", "/search/?q=a"),
    Screen("search_empty", "/search/?q=zzzzzz"),
    Screen("interaction_log", "/interactions/log/", role="rep"),
    Screen(
        "interaction_log_filled",
        "/interactions/log/",
        role="rep",
        steps=(("click", ".k-picks .k-pick"), ("click", ".k-picks-low .k-pick"), ("click", ".k-more-rows summary")),
    ),
    Screen(
        "interaction_log_account",
        "/interactions/log/",
        role="rep",
        steps=(("click", ".k-choose"), ("type", "#account-search", "a"), ("wait", "#account-choices a")),
    ),
    Screen("interactions", "/interactions/"),
    record("interaction", "/interactions/?state=done", "/interactions/#/"),
    record("interaction_locked", "/interactions/?state=done&until=2026-01-31", "/interactions/#/", role="rep"),
    record("interaction_planned", "/interactions/?state=planned", "/interactions/#/", role="rep"),
    record("interaction_edit", "/interactions/?state=planned", "/interactions/#/edit/", EDIT, role="rep"),
    Screen("tasks", "/tasks/", role="rep"),
    record("task", "/tasks/", "/tasks/#/", role="rep"),
    Screen("task_new", "/tasks/new/", role="rep"),
    Screen("alerts", "/alerts/"),
    Screen("alert_board", "/alerts/board/"),
    Screen("alert_board_tier", "/alerts/board/?by=tier&whose=team"),
    Screen("bell", "/", role="rep", steps=(("click", ".k-bell > summary"), ("wait", "#bell .k-told-foot a"))),
    Screen("notifications", "/notifications/", role="rep"),
    Screen("notification_settings", "/notifications/settings/", role="rep"),
    record("alert", "/alerts/", "/alerts/#/"),
)
ACCOUNTS = (
    Screen("accounts", "/accounts/"),
    Screen("accounts_filter", "/accounts/?status=active", steps=(("click", ".k-filterpop > summary"),)),
    Screen("accounts_empty", "/accounts/?q=zzzzzz"),
    Screen("accounts_columns", "/accounts/", steps=(("click", "#columns summary"),)),
    Screen(
        "accounts_view",
        "/accounts/?status=active&ordering=-value_score",
        steps=(("click", ".k-viewacts summary"),),
    ),
    Screen("accounts_archived", "/accounts/?is_archived=true"),
    record("account", "/accounts/?ordering=-value_score", "/accounts/#/"),
    record("account_menu", "/accounts/", "/accounts/#/", steps=(("click", "main .k-pop > summary"),)),
    record("account_people", "/accounts/", "/accounts/#/people/", ".k-tabs a[href$='/people/']"),
    record("account_activity", "/accounts/", "/accounts/#/activity/", ".k-tabs a[href$='/activity/']"),
    record("account_money", "/accounts/", "/accounts/#/money/", ".k-tabs a[href$='/money/']"),
    record("account_edit", "/accounts/", "/accounts/#/edit/", ".k-menu " + EDIT),
    record(
        "account_conflict",
        "/accounts/",
        "/accounts/#/edit/",
        ".k-menu " + EDIT,
        status=409,
        steps=(("meanwhile", "[name=region]"), ("fill", "[name=region]", "Far North"), ("press", "main .btn-primary")),
    ),
    record("account_comment", "/accounts/", "/comments/#/edit/", steps=COMMENT),
    record(
        "account_notes",
        "/accounts/",
        "/records/account/#/",
        steps=(*COMMENT, ("press", "main a[href*='/records/account/']")),
    ),
    record("account_history", "/accounts/", "/records/account/#/history/", "#notes a[href$='/history/']"),
    Screen("account_view_edit", "/accounts/?status=active", at="/views/#/", steps=VIEW),
    record("account_team", "/accounts/", "/accounts/#/team/", ".k-menu a[href$='/team/']"),
    record("account_transfer", "/accounts/", "/accounts/#/transfer/", ".k-menu a[href$='/transfer/']"),
    record("interaction_plan", "/accounts/", "/accounts/#/plan/", "a[href$='/plan/']"),
    Screen("account_new", "/accounts/new/"),
    Screen("account_new_error", "/accounts/new/", steps=WRONG, status=422),
    Screen("unassigned", "/accounts/unassigned/", role="admin"),
    Screen("contacts", "/contacts/"),
    record("contact", "/contacts/", "/contacts/#/"),
    record("contact_edit", "/contacts/", "/contacts/#/edit/", EDIT),
    record("contact_move", "/contacts/", "/contacts/#/move/", ".k-menu a[href$='/move/']"),
    record(
        "contact_new",
        "/accounts/",
        "/accounts/#/contacts/new/",
        ".k-tabs a[href$='/people/']",
        "a[href$='/contacts/new/']",
    ),
    Screen("orders", "/orders/"),
    record("order", "/orders/", "/orders/#/"),
    Screen("receivables", "/receivables/"),
    Screen("payments", "/payments/"),
    Screen("products", "/products/"),
    Screen("exchange_rates", "/exchange-rates/", role="admin"),
    record("exchange_rate_edit", "/exchange-rates/", "/exchange-rates/#/edit/", role="admin"),
    Screen("exchange_rate_new", "/exchange-rates/new/", role="admin"),
    Screen("exchange_rate_new_error", "/exchange-rates/new/", role="admin", steps=WRONG, status=422),
)
POINTS = (
    Screen("points", "/points/"),
    Screen("points_balances", "/points/balances/"),
    Screen("points_ledger", "/points/ledger/"),
    Screen("points_lots", "/points/lots/"),
    record("account_points", "/points/balances/", "/accounts/#/points/"),
    record("statement", "/points/balances/", "/accounts/#/points/statement/", "a[href$='/statement/']"),
    record("redeem", "/points/balances/", "/accounts/#/points/redeem/", "a[href$='/redeem/']", role="rep"),
    record(
        "points_correct",
        "/points/balances/",
        "/accounts/#/points/correct/",
        "a[href$='/statement/']",
        "a[href$='/correct/']",
    ),
    Screen("redemptions", "/points/redemptions/"),
    record("redemption", "/points/redemptions/?waiting=true", "/points/redemptions/#/"),
    Screen("rewards", "/points/rewards/", role="admin"),
    record("reward", "/points/rewards/", "/points/rewards/#/", role="admin"),
    Screen("reward_new", "/points/rewards/new/", role="admin"),
    record("reward_edit", "/points/rewards/", "/points/rewards/#/edit/", EDIT, role="admin"),
    Screen("corrections", "/points/corrections/"),
    record("correction", "/points/corrections/", "/points/corrections/#/"),
    Screen("points_rules", "/settings/points-rules/", role="admin"),
)
STEERING = (
    Screen("tiers", "/tiers/"),
    Screen("tiers_admin", "/tiers/", role="admin"),
    Screen("tier_moves", "/tiers/moves/"),
    Screen("value_score", "/settings/value-score/", role="admin"),
    Screen("tier_limits", "/settings/tiers/", role="admin"),
    Screen("service_levels", "/settings/service-levels/", role="admin"),
    Screen("alert_rules", "/settings/alert-rules/", role="admin"),
    Screen("alert_rule", "/settings/alert-rules/order_gap/", role="admin"),
    Screen("alert_rule_revenue", "/settings/alert-rules/revenue_drop/", role="admin"),
    Screen("alert_rule_contact", "/settings/alert-rules/no_contact/", role="admin"),
    Screen("value_score_manager", "/settings/value-score/"),
)
HOUSE = (
    Screen("import_new", "/imports/new/", role="admin"),
    Screen("import_columns", "/imports/new/", role="admin", at="/imports/#/", steps=BRING),
    Screen("import_preview", "/imports/new/", role="admin", at="/imports/#/", steps=CHECK),
    Screen(
        "import_done",
        "/imports/new/",
        role="admin",
        at="/imports/#/",
        steps=(*CHECK, *START),
    ),
    Screen(
        "import_records",
        "/imports/new/",
        role="admin",
        at="/imports/#/",
        steps=(*BRING_PRODUCTS, *CHECKED),
    ),
    Screen("imports", "/imports/", role="admin"),
    Screen("runs", "/runs/", role="admin"),
    record("run", "/runs/", "/runs/#/", role="admin"),
    Screen("run_start", "/runs/start/", role="admin"),
    Screen("nightly", "/settings/nightly/", role="admin"),
    Screen("users", "/settings/users/", role="admin"),
    record("user", "/settings/users/", "/settings/users/#/", role="admin"),
    Screen("user_new", "/settings/users/new/", role="admin"),
    Screen("teams", "/settings/teams/", role="admin"),
    Screen("team", "/settings/teams/", role="admin", follow=(".k-tree a",), at="/settings/teams/#/"),
    Screen("team_new", "/settings/teams/new/", role="admin"),
    Screen(
        "department",
        "/settings/teams/",
        role="admin",
        follow=("li:not(.k-tree) > a.k-grow",),
        at="/settings/departments/#/",
    ),
    Screen("department_new", "/settings/departments/new/", role="admin"),
    Screen("audit", "/settings/audit/", role="admin"),
    Screen("profile", "/profile/", role="rep"),
    Screen("password", "/password/", role="rep"),
    Screen("tokens", "/profile/tokens/", role="rep"),
)
ERRORS = (
    Screen("error_400", "/accounts/?" + "a=&" * 1100, role="rep", status=400),
    Screen("error_403", "/settings/users/", role="rep", status=403),
    Screen("error_404", "/accounts/999999999/", role="rep", at="/accounts/#/", status=404),
)
SCREENS = (*SIGNED_OUT, *DAILY, *ACCOUNTS, *POINTS, *STEERING, *HOUSE, *ERRORS)
