"""Comments and files beside the records of an account."""

from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.constants import ATTACHMENT_BYTES
from accounts.models import Attachment, Comment
from accounts.permissions import can_add_attachment, can_change_comment, can_comment
from accounts.selectors import viewers
from accounts.services import note as services
from accounts.services.errors import AccountsError
from accounts.services.note import Place
from core import audit
from core.access import permission
from core.answers import acted, refused
from core.search import fold
from core.views import announce, is_fragment
from kam.records import selectors
from kam.records.forms import CommentForm
from kam.records.history import history
from kam.records.subjects import place_of, record_of

READ = "account.read_list_search"
WRITE = "interaction_task_case.write"
PEOPLE = 8
PIECE = 64 * 1024
SEALED = "default-src 'none'; sandbox"


def notes(request: HttpRequest, place: Place, *, form: CommentForm | None = None, status: int = 200) -> HttpResponse:
    """The box of comments and files, or the whole page where there is no box to put it in."""
    context = selectors.notes_context(request.user, place) | {"form": form or CommentForm()}
    name = "records/_notes.html" if is_fragment(request) else "records/notes.html"
    return render(request, name, context, status=status)


def after(request: HttpRequest, place: Place, text: str, *, undo_url: str = "") -> HttpResponse:
    """What follows a write: the box again with a toast, or the page of comments and files."""
    url = reverse("record_notes", args=[place.kind, place.record_id])
    if not is_fragment(request):
        return acted(request, text, to=url, undo_url=undo_url)
    announce(request, text, undo_url=undo_url and f"{undo_url}?next={place.url}")
    return notes(request, place)


def place_of_note(request: HttpRequest, note) -> Place:
    """The record beside which a note stands. 404 where the record moved out of sight, as a contact may."""
    return place_of(request.user, note.kind, note.record_id)


@require_safe
@permission(READ)
def record_notes(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    return notes(request, place_of(request.user, kind, pk))


@require_safe
@permission("audit.read")
def record_history(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Who changed what of the record, and when."""
    place, record = place_of(request.user, kind, pk), record_of(request.user, kind, pk)
    context = {"place": place, "changes": history(request.user, kind, record)}
    return render(request, "records/history.html", context)


@require_POST
@permission(WRITE)
def comment_add(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    place = place_of(request.user, kind, pk)
    form = CommentForm(request.POST)
    if not can_comment(request.user, place.account):
        raise PermissionDenied
    if not form.is_valid():
        return notes(request, place, form=form, status=422)
    try:
        comment = services.add_comment(place=place, by=request.user, body=form.cleaned_data["body"])
    except AccountsError as error:
        form.add_error("body", error.message)
        return notes(request, place, form=form, status=422)
    return after(request, place, _("Your comment stands."), undo_url=reverse("comment_delete", args=[comment.pk]))


@require_safe
@permission(WRITE, parameters=("q",))
def comment_people(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The colleagues who may see the record and whose name holds ``?q=``, as options behind an @."""
    place = place_of(request.user, kind, pk)
    if not can_comment(request.user, place.account):
        raise PermissionDenied
    text = fold(request.GET.get("q", "")[:60])
    people = [user for user in viewers(place.account) if text in f"{fold(user.name)} {user.username} {user.search_key}"]
    return render(request, "records/_people.html", {"people": people[:PEOPLE]})


def seen_comment(request: HttpRequest, pk: int, *, is_kept: bool = True) -> Comment:
    rows = selectors.comments(request.user) if is_kept else Comment.objects.visible_to(request.user)
    return get_object_or_404(rows, pk=pk)


@require_safe
@permission(READ)
def comment_open(request: HttpRequest, pk: int) -> HttpResponse:
    """The record beside which the comment stands."""
    comment = seen_comment(request, pk)
    return redirect(f"{reverse('record_notes', args=[comment.kind, comment.record_id])}#comment-{pk}")


@permission(WRITE)
def comment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    comment = seen_comment(request, pk)
    if not can_change_comment(request.user, comment):
        raise PermissionDenied
    place = place_of_note(request, comment)
    form = CommentForm(request.POST or None, initial={"body": comment.body})
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_comment(comment=comment, by=request.user, body=form.cleaned_data["body"])
        except AccountsError as error:
            form.add_error("body", error.message)
        else:
            announce(request, _("Saved."))
            return redirect("record_notes", place.kind, place.record_id)
    context = {"form": form, "place": place}
    return render(request, "records/comment_form.html", context, status=422 if form.errors else 200)


@require_POST
@permission(WRITE)
def comment_delete(request: HttpRequest, pk: int) -> HttpResponse:
    comment = seen_comment(request, pk)
    services.delete_comment(comment=comment, by=request.user)
    undo = reverse("comment_restore", args=[pk])
    return after(request, place_of_note(request, comment), _("The comment is deleted."), undo_url=undo)


@require_POST
@permission(WRITE)
def comment_restore(request: HttpRequest, pk: int) -> HttpResponse:
    comment = seen_comment(request, pk, is_kept=False)
    services.restore_comment(comment=comment, by=request.user)
    return after(request, place_of_note(request, comment), _("The comment is back."))


@require_POST
@permission("attachment.add")
def record_files(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Put files beside a record; one that is refused does not keep the others away."""
    place = place_of(request.user, kind, pk)
    if not can_add_attachment(request.user, place.account):
        raise PermissionDenied
    taken = []
    for upload in request.FILES.getlist("file"):
        try:
            taken.append(services.add_attachment(place=place, by=request.user, upload=upload))
        except AccountsError as error:
            return refused(request, f"{upload.name[:60]}: {error.message}", to=notes_url(place))
    if not taken:
        return refused(request, _("Choose a file first."), to=notes_url(place))
    undo = reverse("file_delete", args=[taken[0].pk]) if len(taken) == 1 else ""
    text = _("Added: %(names)s") % {"names": ", ".join(str(file) for file in taken)}
    return after(request, place, text, undo_url=undo)


record_files.max_body_bytes = ATTACHMENT_BYTES + 1024 * 1024


def notes_url(place: Place) -> str:
    return reverse("record_notes", args=[place.kind, place.record_id])


def seen_file(request: HttpRequest, pk: int, *, is_kept: bool = True) -> Attachment:
    rows = selectors.attachments(request.user) if is_kept else Attachment.objects.visible_to(request.user)
    return get_object_or_404(rows, pk=pk)


def sealed(attachment: Attachment) -> StreamingHttpResponse:
    """The file as a download that no browser opens in place or takes for something else; 404 without its bytes."""
    if not attachment.file.storage.exists(attachment.file.name):
        raise Http404
    response = StreamingHttpResponse(pieces_of(attachment), content_type=attachment.content_type)
    response["Content-Disposition"] = content_disposition_header(True, attachment.name)
    response["Content-Length"] = str(attachment.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SEALED
    return response


def pieces_of(attachment: Attachment) -> Iterator[bytes]:
    """The bytes of the file, opened when the first of them is sent."""
    with attachment.file.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


@require_safe
@permission("attachment.read")
def file_download(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    attachment = seen_file(request, pk)
    audit.record(request.user, "attachment.read", attachment, account=attachment.account_id, name=attachment.name)
    return sealed(attachment)


@require_safe
@permission("attachment.read")
def file_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The bytes of a small picture, for its place beside the name; another kind of file is a download."""
    attachment = seen_file(request, pk)
    is_small_picture = attachment.is_picture and attachment.size <= selectors.PICTURE_BYTES
    return sealed(attachment) if is_small_picture else redirect("file_download", pk)


@require_POST
@permission("attachment.delete")
def file_delete(request: HttpRequest, pk: int) -> HttpResponse:
    attachment = seen_file(request, pk)
    services.delete_attachment(attachment=attachment, by=request.user)
    text = _("%(name)s is deleted.") % {"name": attachment}
    undo = reverse("file_restore", args=[pk])
    return after(request, place_of_note(request, attachment), text, undo_url=undo)


@require_POST
@permission("attachment.delete")
def file_restore(request: HttpRequest, pk: int) -> HttpResponse:
    attachment = seen_file(request, pk, is_kept=False)
    services.restore_attachment(attachment=attachment, by=request.user)
    return after(request, place_of_note(request, attachment), _("%(name)s is back.") % {"name": attachment})
