"""The demo's letter box: mails that would have been sent, read from their files. Absent unless DEMO is on."""

from functools import wraps

from django.conf import settings
from django.http import Http404
from django.shortcuts import render

from core.access import public
from users.mailbox import read_mail, stored_mails


def demo_only(view):
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


@public
@demo_only
def mail_list(request):
    return render(request, "users/mail_list.html", {"mails": stored_mails()})


@public
@demo_only
def mail_page(request, name):
    mail = read_mail(name)
    if mail is None:
        raise Http404
    return render(request, "users/mail_page.html", {"mail": mail})
