"""Comments and files beside records: seen where the account is seen, inert, bounded, served as sealed downloads."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Attachment, Comment, Notification
from accounts.selectors import viewers
from accounts.services import note as services
from accounts.services.errors import AccountsError
from churn.models import Alert
from core.models import AuditEntry
from kam.records.subjects import SUBJECTS, place_of
from tests import factories
from tests.api import client_for

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(32)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(64)


@pytest.fixture
def beside(actors):
    return place_of(actors.OWN, "account", actors.account.pk)


@pytest.fixture
def as_own(actors, client):
    client.force_login(actors.OWN)
    return client


def upload(name="plan.pdf", content=PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def add(place, by, **file) -> Attachment:
    return services.add_attachment(place=place, by=by, upload=upload(**file))


def records(account, owner) -> dict:
    day = "2026-01-05"
    alert = Alert.objects.create(
        account=account, rule_key="order_gap", rule_number=1, opened_on=day, last_fired_on=day, last_evaluated_on=day
    )
    return {
        "account": account,
        "contact": factories.ContactFactory(account=account),
        "interaction": factories.InteractionFactory(account=account, owner=owner),
        "task": factories.TaskFactory(account=account, assignee=owner),
        "alert": alert,
        "order": factories.OrderFactory(account=account),
    }


def test_every_kind_of_record_takes_comments_and_files_and_strangers_see_none(actors, client):
    for kind, record in records(actors.account, actors.OWN).items():
        client.force_login(actors.OWN)
        url = f"/records/{kind}/{record.pk}/"
        assert client.post(f"{url}comments/", {"body": f"About the {kind}"}).status_code == 302
        assert client.post(f"{url}files/", {"file": upload()}).status_code == 302
        page = client.get(url)
        assert f"About the {kind}".encode() in page.content
        assert b"plan.pdf" in page.content
        assert b"MISSING_TEMPLATE_VARIABLE" not in page.content
        client.force_login(actors.TEAM)
        assert client.get(url).status_code == 404
        assert client.post(f"{url}comments/", {"body": "x"}).status_code == 404
        assert client.post(f"{url}files/", {"file": upload()}).status_code == 404
    assert Comment.objects.count() == Attachment.objects.count() == len(SUBJECTS)


def test_task_of_no_account_and_unknown_kinds_have_no_notes(actors, as_own):
    task = factories.TaskFactory(assignee=actors.OWN)
    for path in (f"task/{task.pk}", "user/1", "account/987654321", "account/99999999999999999999"):
        assert as_own.get(f"/records/{path}/").status_code == 404


def test_comment_is_inert_text(actors, as_own, beside):
    services.add_comment(place=beside, by=actors.OWN, body="<img src=x onerror=alert(1)> @own <b>")
    page = as_own.get(f"/records/account/{actors.account.pk}/").content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert '<b class="k-mention">@own</b>' in page


def test_mentions_are_those_who_see_the_account(actors, beside):
    comment = services.add_comment(
        place=beside, by=actors.OWN, body="@helper and @mgr, not @stranger, not me@helperx.example; @ex!"
    )
    assert set(comment.mentions.all()) == {actors.HELP, actors.MGR, actors.EX}


def test_colleague_who_is_mentioned_is_told_once(actors, beside):
    comment = services.add_comment(place=beside, by=actors.OWN, body="@helper please, @own too")
    services.edit_comment(comment=comment, by=actors.OWN, body="@helper @mgr please")
    told = Notification.objects.filter(kind="mentioned").order_by("pk")
    assert [(row.user, row.url) for row in told] == [
        (actors.HELP, f"/comments/{comment.pk}/"),
        (actors.MGR, f"/comments/{comment.pk}/"),
    ]


def test_of_two_names_that_fit_the_longer_is_called_and_chinese_needs_no_space(actors, beside):
    actors.HELP.name, actors.MGR.name, actors.EX.name = "Li", "Li Wei", "周雯"
    for user in (actors.HELP, actors.MGR, actors.EX):
        user.save()
    comment = services.add_comment(place=beside, by=actors.OWN, body="@Li Wei请@周雯看一下")
    assert set(comment.mentions.all()) == {actors.MGR, actors.EX}


def test_viewers_are_exactly_those_whom_visibility_shows_the_account(actors):
    people = [user for name, user in vars(actors).items() if name != "account"]
    seeing = {user for user in people if type(actors.account).objects.visible_to(user).filter(pk=actors.account.pk)}
    assert set(viewers(actors.account)) == seeing
    nobodys = factories.AccountFactory(owner=None, team=actors.OWN.team)
    seeing = {user for user in people if type(nobodys).objects.visible_to(user).filter(pk=nobodys.pk)}
    assert set(viewers(nobodys)) == seeing


def test_picker_offers_who_sees_the_record_by_pinyin_too(actors, as_own):
    actors.MGR.name, actors.MGR.search_key = "周雯", "周雯 zhouwen zw"
    actors.MGR.save()
    answer = as_own.get(f"/records/account/{actors.account.pk}/people/?q=zw").content.decode()
    assert 'data-mention="周雯"' in answer
    assert "stranger" not in as_own.get(f"/records/account/{actors.account.pk}/people/").content.decode()


def test_comment_is_edited_by_its_author_within_a_day_and_keeps_what_it_said(actors, beside):
    comment = services.add_comment(place=beside, by=actors.OWN, body="First")
    services.edit_comment(comment=comment, by=actors.OWN, body="Second @mgr")
    assert [former.body for former in comment.former_texts.all()] == ["First"]
    assert list(comment.mentions.all()) == [actors.MGR]
    for other in (actors.HELP, actors.MGR, actors.AD):
        with pytest.raises(PermissionDenied):
            services.edit_comment(comment=comment, by=other, body="Third")
    comment.created_at = timezone.now() - timedelta(hours=25)
    comment.save()
    with pytest.raises(PermissionDenied):
        services.edit_comment(comment=comment, by=actors.OWN, body="Third")
    with pytest.raises(PermissionDenied):
        services.delete_comment(comment=comment, by=actors.OWN)
    services.delete_comment(comment=comment, by=actors.AD)
    assert not Comment.objects.kept()


def test_deleted_comment_is_gone_and_comes_back(actors, as_own, beside):
    comment = services.add_comment(place=beside, by=actors.OWN, body="Wrong words")
    page = as_own.post(f"/comments/{comment.pk}/delete/", follow=True)
    assert b"Wrong words" not in page.content
    assert f"/comments/{comment.pk}/restore/".encode() in page.content
    assert as_own.get(f"/comments/{comment.pk}/").status_code == 404
    as_own.post(f"/comments/{comment.pk}/restore/")
    assert b"Wrong words" in as_own.get(f"/records/account/{actors.account.pk}/").content


@pytest.mark.parametrize("body", ["", "   ", "x" * 4001])
def test_empty_and_endless_comments_are_refused_and_nothing_typed_is_lost(as_own, actors, body):
    answer = as_own.post(f"/records/account/{actors.account.pk}/comments/", {"body": body})
    assert answer.status_code == 422
    assert body.strip()[:100] in answer.content.decode()
    assert not Comment.objects.exists()


def test_htmx_gets_the_box_and_a_toast_with_undo(as_own, actors):
    url = f"/records/account/{actors.account.pk}/comments/"
    answer = as_own.post(url, {"body": "Quick"}, headers={"HX-Request": "true"})
    assert b"Quick" in answer.content
    assert b"<html" not in answer.content
    assert "/delete/" in answer.headers["HX-Trigger"]


def test_comments_and_files_stand_in_the_timeline(as_own, actors, beside):
    comment = services.add_comment(place=beside, by=actors.OWN, body="Said in passing")
    file = add(beside, actors.OWN)
    page = as_own.get(f"/accounts/{actors.account.pk}/activity/?group=notes")
    lines = [(line.text, line.href) for line in page.context["lines"]]
    assert set(lines) == {("Said in passing", f"/comments/{comment.pk}/"), ("plan.pdf", f"/files/{file.pk}/")}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("a.html", b"<!doctype html><script>alert(1)</script>"),
        ("a.txt", b"  <html><script>alert(1)</script>"),
        ("a.png", b"<svg onload=alert(1)>"),
        ("a.pdf", PNG),
        ("a.exe", b"MZ" + bytes(100)),
        ("a.php", b"<?php phpinfo();"),
        ("a.js", b"alert(1)"),
        ("a", PNG),
        ("a.png.html", PNG),
        ("a.txt", b"\x00\x01\x02\x03"),
        ("a.pHaR", b"__HALT_COMPILER(); ?>"),
        ("a.pdf", b""),
    ],
)
def test_kinds_that_a_browser_would_run_or_that_lie_are_refused(actors, beside, name, content):
    with pytest.raises(AccountsError):
        add(beside, actors.OWN, name=name, content=content)
    assert not Attachment.objects.exists()


def test_archive_is_taken_closed_and_never_unpacked(actors, beside):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(30_000_000))
    file = add(beside, actors.OWN, name="bomb.zip", content=packed.getvalue())
    assert file.size == len(packed.getvalue()) < 100_000


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/x.pdf", "x.pdf"), ("a\\b\\合同 .pdf", "合同 .pdf"), ("x" * 300 + ".pdf", "x" * 130 + ".pdf")],
)
def test_stored_name_is_random_and_the_shown_one_has_no_path(actors, beside, name, kept):
    files = [add(beside, actors.OWN, name="plan.pdf"), add(beside, actors.OWN, name="plan.pdf")]
    assert files[0].file.name != files[1].file.name
    assert "plan" not in files[0].file.name
    assert services.clean_name(name) == kept


def test_size_and_count_are_bounded(actors, beside, monkeypatch):
    monkeypatch.setattr(services, "ATTACHMENT_BYTES", 10)
    with pytest.raises(AccountsError, match="25 MB"):
        add(beside, actors.OWN)
    monkeypatch.undo()
    monkeypatch.setattr(services, "ATTACHMENTS_PER_RECORD", 1)
    add(beside, actors.OWN)
    with pytest.raises(AccountsError, match="as many"):
        add(beside, actors.OWN)


def test_download_is_sealed_and_audited(actors, as_own, beside):
    file = add(beside, actors.OWN, name='a"b.pdf')
    answer = as_own.get(f"/files/{file.pk}/")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"
    assert b"".join(answer.streaming_content) == PDF
    entry = AuditEntry.objects.get(action="attachment.read")
    assert (entry.user, entry.details["account"]) == (actors.OWN, actors.account.pk)


def test_picture_is_shown_small_and_other_files_are_not(actors, as_own, beside):
    picture, plan = add(beside, actors.OWN, name="rack.png", content=PNG), add(beside, actors.OWN)
    page = as_own.get(f"/records/account/{actors.account.pk}/").content.decode()
    assert f'src="/files/{picture.pk}/picture/"' in page
    assert f"/files/{plan.pk}/picture/" not in page
    answer = as_own.get(f"/files/{picture.pk}/picture/")
    assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert as_own.get(f"/files/{plan.pk}/picture/").status_code == 302


def test_deleted_file_is_not_served_and_comes_back(actors, as_own, beside):
    file = add(beside, actors.OWN)
    as_own.post(f"/files/{file.pk}/delete/")
    assert as_own.get(f"/files/{file.pk}/").status_code == 404
    as_own.post(f"/files/{file.pk}/restore/")
    assert as_own.get(f"/files/{file.pk}/").status_code == 200


def test_files_of_a_form_are_sent_together_and_a_refused_one_is_named(actors, as_own):
    url = f"/records/account/{actors.account.pk}/files/"
    as_own.post(url, {"file": [upload("a.pdf"), upload("b.pdf")]})
    answer = as_own.post(url, {"file": [upload("c.exe", b"MZ")]}, follow=True)
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["a.pdf", "b.pdf"]
    assert b"c.exe: This kind of file" in answer.content


def test_contact_that_moves_leaves_its_notes_with_the_old_account(actors, client):
    contact = factories.ContactFactory(account=actors.account)
    services.add_comment(place=place_of(actors.OWN, "contact", contact.pk), by=actors.OWN, body="Old secret")
    contact.account = factories.AccountFactory(owner=actors.OTH)
    contact.save()
    client.force_login(actors.OTH)
    assert b"Old secret" not in client.get(f"/records/contact/{contact.pk}/").content


def test_notes_ask_as_often_for_many_as_for_few(actors, as_own, beside, django_assert_max_num_queries):
    counts = []
    for _ in range(2):
        for _ in range(6):
            services.add_comment(place=beside, by=actors.OWN, body="@mgr look")
            add(beside, actors.OWN)
        with django_assert_max_num_queries(12) as queries:
            as_own.get(f"/records/account/{actors.account.pk}/", headers={"HX-Request": "true"})
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_api_adds_lists_and_takes_away_comments(actors):
    client = client_for(actors.OWN, "write")
    place = {"kind": "account", "record_id": actors.account.pk}
    made = client.post("/api/v1/comments/", place | {"body": "By @mgr"}, format="json")
    assert (made.status_code, made.json()["mentions"]) == (201, ["mgr"])
    assert client.get("/api/v1/comments/", place).json()["count"] == 1
    assert client.delete(f"/api/v1/comments/{made.json()['id']}/").status_code == 204
    assert client.get("/api/v1/comments/", place).json()["count"] == 0
    strange = client_for(actors.OTH, "write")
    refused = strange.post("/api/v1/comments/", place | {"body": "x"}, format="json")
    missing = strange.post("/api/v1/comments/", {"kind": "account", "record_id": 987654, "body": "x"}, format="json")
    assert (refused.status_code, refused.content) == (missing.status_code, missing.content) == (400, missing.content)


def test_api_uploads_and_downloads_files(actors):
    client = client_for(actors.OWN, "write")
    place = {"kind": "account", "record_id": actors.account.pk}
    made = client.post("/api/v1/attachments/", place | {"file": upload()}, format="multipart")
    assert made.status_code == 201
    key = made.json()["id"]
    content = client.get(f"/api/v1/attachments/{key}/content/")
    assert b"".join(content.streaming_content) == PDF
    assert content.headers["Content-Disposition"].startswith("attachment;")
    bad = client.post("/api/v1/attachments/", place | {"file": upload("a.svg", b"<svg>")}, format="multipart")
    assert bad.status_code == 400
    assert client_for(actors.OTH).get(f"/api/v1/attachments/{key}/content/").status_code == 404
    assert client_for(actors.HELP, "write").delete(f"/api/v1/attachments/{key}/").status_code == 403
    assert client.delete(f"/api/v1/attachments/{key}/").status_code == 204
