import threading

import pytest
from django.db import connections

from core import versions
from core.models import ConfigurationVersion
from core.problems import Problem
from tests import factories


def _problems(document):
    return [] if "limit" in document else [Problem("missing", ("limit",), "limit")]


@pytest.fixture
def kind(monkeypatch):
    monkeypatch.setattr(versions, "_kinds", {})
    kind = versions.Kind(
        "test_kind", "Test", _problems, {"default": {"limit": 10, "tiers": [{"tier": "A", "from": 1}]}}
    )
    versions.register_kind(kind)
    return kind


@pytest.fixture
def author(db):
    return factories.UserFactory(username="author", role="admin")


@pytest.fixture
def seeded(kind, author):
    versions.seed_versions()
    return versions.published("test_kind")


def draft(document, author):
    return versions.save_draft(kind="test_kind", document=document, author=author)


def publish(version, author, based_on=1, preview_hash=None):
    return versions.publish(
        draft=version,
        based_on=based_on,
        preview_hash=preview_hash or version.document_hash,
        comment="stricter",
        author=author,
    )


def test_seed_publishes_version_one_once(seeded):
    versions.seed_versions()
    assert [(v.number, v.state, v.document["limit"]) for v in versions.history("test_kind")] == [(1, "published", 10)]


def test_seed_leaves_a_configuration_that_was_changed(seeded, author):
    publish(draft({"limit": 20}, author), author)
    versions.seed_versions()
    assert versions.published("test_kind").number == 2


def test_register_kind_refuses_a_name_twice(kind):
    with pytest.raises(ValueError):
        versions.register_kind(kind)


def test_hash_does_not_depend_on_the_order_of_keys():
    assert versions.document_hash({"a": 1, "b": [2]}) == versions.document_hash({"b": [2], "a": 1})
    assert versions.document_hash({"a": 1}) != versions.document_hash({"a": 2})


def test_save_draft_keeps_one_draft_and_its_number(seeded, author):
    first = draft({"limit": 20}, author)
    second = draft({"limit": 30}, author)
    assert (first.pk, first.number) == (second.pk, second.number)
    assert second.document_hash != first.document_hash
    assert second.based_on == seeded


def test_save_draft_refuses_a_faulty_document(seeded, author):
    with pytest.raises(versions.InvalidDocumentError) as raised:
        draft({"nothing": 1}, author)
    assert [problem.subject for problem in raised.value.problems] == ["limit"]
    assert versions.draft_of("test_kind") is None


def test_late_change_of_a_draft_leaves_what_was_published_meanwhile(seeded, author):
    """Somebody types on while the same draft is published: the version in force must not become a draft again."""
    late = draft({"limit": 2}, author)
    published = publish(late, author)
    with pytest.raises(versions.StaleError):
        versions.rewrite_draft(late, {"document": {"limit": 3}})
    assert versions.published("test_kind") == published
    assert versions.published("test_kind").document == {"limit": 2}


def test_publish_puts_the_draft_into_force_and_archives_the_one_before(seeded, author):
    version = publish(draft({"limit": 20}, author), author)
    seeded.refresh_from_db()
    assert (version.number, version.state, version.comment, version.author) == (2, "published", "stricter", author)
    assert version.published_at is not None
    assert version.based_on == seeded
    assert seeded.state == "archived"


def test_publish_refuses_a_draft_that_changed_since_the_preview(seeded, author):
    previewed = draft({"limit": 20}, author)
    preview_hash = previewed.document_hash
    changed = draft({"limit": 30}, author)
    with pytest.raises(versions.StaleError):
        publish(changed, author, preview_hash=preview_hash)
    assert versions.published("test_kind") == seeded


def test_publish_refuses_when_another_version_is_in_force_by_now(seeded, author):
    version = draft({"limit": 20}, author)
    versions.roll_back(kind="test_kind", number=1, based_on=1, comment="", author=author)
    with pytest.raises(versions.StaleError):
        publish(version, author, based_on=1)
    assert versions.published("test_kind").number == 3


def test_publish_after_a_rollback_gives_the_draft_a_higher_number(seeded, author):
    version = draft({"limit": 20}, author)
    versions.roll_back(kind="test_kind", number=1, based_on=1, comment="", author=author)
    assert publish(version, author, based_on=3).number == 4


def test_publish_twice_is_refused(seeded, author):
    version = publish(draft({"limit": 20}, author), author)
    with pytest.raises(versions.StaleError):
        publish(version, author, based_on=2)
    assert versions.published("test_kind").number == 2


def test_publish_checks_the_document_again(seeded, author):
    version = draft({"limit": 20}, author)
    ConfigurationVersion.objects.filter(pk=version.pk).update(document={})
    version.refresh_from_db()
    with pytest.raises(versions.InvalidDocumentError):
        publish(version, author)


def test_first_version_of_a_new_key_follows_nothing(seeded, author):
    version = versions.save_draft(kind="test_kind", key="new", document={"limit": 1}, author=author)
    assert publish(version, author, based_on=None).number == 1
    late = versions.save_draft(kind="test_kind", key="new", document={"limit": 2}, author=author)
    with pytest.raises(versions.StaleError):
        publish(late, author, based_on=None)


def test_roll_back_publishes_a_copy_with_a_new_number(seeded, author):
    publish(draft({"limit": 20}, author), author)
    version = versions.roll_back(kind="test_kind", number=1, based_on=2, comment="back", author=author)
    assert (version.number, version.document) == (3, seeded.document)
    assert [v.state for v in versions.history("test_kind")] == ["published", "archived", "archived"]


def test_roll_back_refuses_a_stale_base(seeded, author):
    publish(draft({"limit": 20}, author), author)
    with pytest.raises(versions.StaleError):
        versions.roll_back(kind="test_kind", number=1, based_on=1, comment="", author=author)


def test_archive_takes_a_document_out_of_force_but_never_the_default(seeded, author):
    publish(versions.save_draft(kind="test_kind", key="new", document={"limit": 1}, author=author), author, None)
    versions.archive(kind="test_kind", key="new", based_on=1)
    assert [v.key for v in versions.published_all("test_kind")] == ["default"]
    with pytest.raises(versions.ConfigurationError):
        versions.archive(kind="test_kind", key="default", based_on=1)


def test_discard_removes_the_draft_only(seeded, author):
    draft({"limit": 20}, author)
    versions.discard_draft(kind="test_kind")
    assert list(ConfigurationVersion.objects.filter(kind="test_kind")) == [seeded]


def test_pins_resolve_to_the_versions_of_their_day(seeded, author):
    pins = versions.pin()
    publish(draft({"limit": 20}, author), author)
    assert pins == {"test_kind": {"default": 1}}
    assert versions.resolve(pins)["test_kind"]["default"].document["limit"] == 10
    assert versions.resolve(versions.pin())["test_kind"]["default"].document["limit"] == 20


def test_resolve_refuses_a_number_that_does_not_exist(seeded):
    with pytest.raises(KeyError):
        versions.resolve({"test_kind": {"default": 9}})


def test_compare_lists_changed_paths_with_old_and_new(seeded, author):
    new = publish(draft({"limit": 20, "tiers": [{"tier": "B", "from": 2}, {"tier": "A", "from": 1}]}, author), author)
    assert [(c.path, c.label, c.old, c.new) for c in versions.compare(seeded, new)] == [
        (("limit",), "limit", 10, 20),
        (("tiers", "B", "from"), "tiers · B · from", None, 2),
        (("tiers", "B", "tier"), "tiers · B · tier", None, "B"),
    ]


@pytest.mark.django_db(transaction=True)
def test_one_of_two_publishers_wins(kind):
    versions.seed_versions()
    author = factories.UserFactory(username="author", role="admin")
    version = draft({"limit": 20}, author)
    barrier, results = threading.Barrier(2), []

    def attempt():
        try:
            barrier.wait(10)
            results.append(publish(version, author).number)
        except versions.StaleError:
            results.append("stale")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    assert sorted(map(str, results)) == ["2", "stale"]
    assert [v.state for v in versions.history("test_kind")] == ["published", "archived"]
