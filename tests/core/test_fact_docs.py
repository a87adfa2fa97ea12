from django.conf import settings

from core import facts
from core.fact_docs import facts_page


def test_page_of_facts_is_fresh():
    written = (settings.BASE_DIR / "docs" / "facts.md").read_text(encoding="utf8")
    assert written == facts_page(), "run: manage.py facts --docs"


def test_page_names_every_fact_once():
    page = facts_page()
    assert {key: page.count(f"| `{key}` @") for key in facts.known()} == dict.fromkeys(facts.known(), 1)
