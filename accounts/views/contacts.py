"""Lists, pages and forms of contacts."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import services
from accounts.filters import ContactFilter
from accounts.forms import ContactForm, MoveForm
from accounts.lunar import lunar_text, next_birthday
from accounts.models import Account, Contact
from accounts.permissions import can_write_contact
from accounts.selectors import contact_rows, interaction_rows, similar_contacts
from accounts.services.errors import AccountsError
from accounts.tables import ContactTable
from accounts.views.accounts import seen_account
from core import audit
from core.access import permission
from core.answers import acted, refused
from core.editing import StaleError
from core.idempotency import made_before, make_once
from core.periods import business_date
from core.undo import read_undo, undo_token
from core.views import RecordListView, announce


class ContactListView(RecordListView):
    permission_key = "account.read_list_search"
    table_class = ContactTable
    filterset_class = ContactFilter
    title = gettext_lazy("Contacts")
    icon_name = "users"
    empty_title = gettext_lazy("No contacts yet")
    empty_text = gettext_lazy("People are added on the page of their account, or while you log a visit.")
    export_url_name = "accounts:contact_list_export"

    def get_queryset(self):
        return contact_rows(self.request.user)


def seen_contact(request: HttpRequest, pk: int) -> Contact:
    """The contact if the user sees it, else 404."""
    return get_object_or_404(contact_rows(request.user).select_related("reports_to"), pk=pk)


def contact_url(contact: Contact) -> str:
    return reverse("accounts:contact_page", args=[contact.pk])


@permission("account.read_list_search")
def contact_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one person; who looks at it is kept in the audit trail."""
    contact = seen_contact(request, pk)
    audit.record(request.user, "contact.view", contact)
    context = {
        "contact": contact,
        "birthday": birthday(contact),
        "interactions": interaction_rows(request.user).filter(contacts=contact)[:20],
        "can_write": can_write_contact(request.user, contact.account),
    }
    return render(request, "accounts/contact_page.html", context)


def birthday(contact: Contact) -> dict | None:
    """The next birthday: the solar day, and the day of the lunar calendar beside it."""
    if not contact.birth_month:
        return None
    day = next_birthday(contact.birth_month, contact.birth_day, contact.is_birthday_lunar, business_date())
    return {"on": day, "lunar": lunar_text(day, get_language() or "")}


@permission("contact.write")
def contact_create(request: HttpRequest, account_pk: int) -> HttpResponse:
    account = seen_account(request, account_pk)
    if not can_write_contact(request.user, account):
        raise PermissionDenied
    form = ContactForm(request.POST or None, account=account)
    similar = []
    if made := made_before(user=request.user, sent=request.POST, model=Contact):
        return redirect(contact_url(made))
    if request.method == "POST" and form.is_valid():
        typed = {key: form.cleaned_data[key] for key in ("name", "email", "mobile")}
        if not form.cleaned_data["is_confirmed"]:
            similar = similar_contacts(account, **typed)
        contact = None if similar else save_new(request, form)
        if contact:
            announce(request, _("%(name)s was added.") % {"name": contact})
            return redirect(contact_url(contact))
    context = {"form": form, "account": account, "similar": similar}
    return render(request, "accounts/contact_form.html", context, status=form.status_code)


def save_new(request: HttpRequest, form: ContactForm) -> Contact | None:
    """The new contact; None with the reason in the form when it was refused."""
    try:
        return make_once(
            user=request.user,
            sent=request.POST,
            model=Contact,
            act=lambda: services.create_contact(account=form.account, by=request.user, **form.values),
        )
    except AccountsError as error:
        form.add_error(error.field or None, error.message)
        return None


@permission("contact.write")
def contact_edit(request: HttpRequest, pk: int) -> HttpResponse:
    contact = seen_contact(request, pk)
    if not can_write_contact(request.user, contact.account):
        raise PermissionDenied
    form = ContactForm(request.POST or None, instance=contact, account=contact.account)
    if request.method == "POST" and form.is_valid():
        try:
            save_edit(request, form)
        except StaleError as error:
            form.rebase(error.current)
        except AccountsError as error:
            form.add_error(error.field or None, error.message)
        else:
            announce(request, _("Saved."))
            return redirect(contact_url(contact))
    context = {"form": form, "account": contact.account, "contact": contact}
    return render(request, "accounts/contact_form.html", context, status=form.status_code)


def save_edit(request: HttpRequest, form: ContactForm) -> None:
    contact = seen_contact(request, form.instance.pk)
    version = form.cleaned_data["version"]
    services.update_contact(contact=contact, by=request.user, version=version, changes=form.changes)


@permission("contact.write")
def contact_move(request: HttpRequest, pk: int) -> HttpResponse:
    """The person works at another account now; what was stays with the old one."""
    contact = seen_contact(request, pk)
    if not can_write_contact(request.user, contact.account):
        raise PermissionDenied
    form = MoveForm(request.POST or None, user=request.user, contact=contact)
    undo = reverse("accounts:contact_move_undo", args=[move_token(request.user, contact)])
    if request.method == "POST" and form.is_valid() and moved(request, contact, form):
        text = _("%(name)s is at %(account)s now.") % {"name": contact, "account": form.cleaned_data["account"]}
        announce(request, text, undo_url=undo)
        return redirect(contact_url(contact))
    status = 422 if form.errors else 200
    return render(request, "accounts/contact_move.html", {"form": form, "contact": contact}, status=status)


PLACE_FIELDS = ("reports_to_id", "buying_role", "stance", "left_on")


def move_token(user, contact: Contact) -> str:
    """Where the person stood before the move: account, boss, role, stance, and the day they had left."""
    place = {name: getattr(contact, name) for name in PLACE_FIELDS}
    place["left_on"] = contact.left_on and contact.left_on.isoformat()
    place["reports"] = [report.pk for report in contact.reports.all()]
    return undo_token(user, "move", pk=contact.pk, account=contact.account_id, version=contact.version, place=place)


@require_POST
@permission("contact.write")
def contact_move_undo(request: HttpRequest, token: str) -> HttpResponse:
    """Undo `contact_move` while nobody saved the person since: back to the account, the boss and the role."""
    values = read_undo(request.user, "move", token)
    contact = seen_contact(request, values["pk"])
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=values["account"])
    place = values["place"] | {"left_on": values["place"]["left_on"] and date.fromisoformat(values["place"]["left_on"])}
    try:
        services.move_contact_back(
            contact=contact, by=request.user, account=account, version=values["version"] + 1, place=place
        )
    except (StaleError, AccountsError):
        return refused(request, _("Somebody changed this person meanwhile."), to=contact_url(contact))
    text = _("%(name)s is at %(account)s again.") % {"name": contact, "account": account}
    return acted(request, text, to=contact_url(contact))


def moved(request: HttpRequest, contact: Contact, form: MoveForm) -> bool:
    """Whether the service moved the person; a refusal becomes an error of the form."""
    try:
        services.move_contact(contact=contact, by=request.user, **form.cleaned_data)
    except StaleError:
        form.add_error(None, _("Somebody changed this person meanwhile. Look again before you move them."))
    except AccountsError as error:
        form.add_error(error.field or None, error.message)
    else:
        return True
    return False


@require_POST
@permission("contact.write")
def contact_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """The person left the account today; the undo brings them back."""
    contact = seen_contact(request, pk)
    has_left = contact.left_on is not None
    services.leave_contact(contact=contact, by=request.user, left_on=None if has_left else business_date())
    text = _("%(name)s is back.") if has_left else _("%(name)s has left.")
    undo = reverse("accounts:contact_leave", args=[pk])
    return acted(request, text % {"name": contact}, to=contact_url(contact), undo_url=undo)


@require_POST
@permission("contact.write")
def contact_archive(request: HttpRequest, pk: int) -> HttpResponse:
    contact = seen_contact(request, pk)
    services.archive_contact(contact=contact, by=request.user)
    undo = reverse("accounts:contact_restore", args=[pk])
    text = _("%(name)s was archived.") % {"name": contact}
    return acted(request, text, to=contact_url(contact), undo_url=undo)


@require_POST
@permission("contact.write")
def contact_restore(request: HttpRequest, pk: int) -> HttpResponse:
    contact = seen_contact(request, pk)
    services.restore_contact(contact=contact, by=request.user)
    return acted(request, _("%(name)s is back.") % {"name": contact}, to=contact_url(contact))
