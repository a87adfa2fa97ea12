from django.conf import settings

from core.access import table
from core.permission_docs import ACTORS, permissions_page


def test_page_of_rights_is_the_table():
    assert (settings.BASE_DIR / "docs" / "permissions.md").read_text(encoding="utf8") == permissions_page(), (
        "run: manage.py permissions --docs"
    )


def test_page_names_every_actor_of_the_table():
    assert {actor for row in table().values() for actor in row} == set(ACTORS)
