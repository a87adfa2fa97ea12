"""Settings pages: score weights, tier limits, service levels, alert rules; draft, preview, publish, roll back."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.configuration import SERVICE_LEVELS
from accounts.models import Account
from churn import selectors as churn_selectors
from churn.constants import ALERT_RULE
from churn.explanations import fact_label
from core import versions
from core.access import permission
from core.models import ConfigurationVersion
from core.search import search_condition
from core.views import announce, is_fragment
from kam.configuration import forms, level_preview, pages, points_preview, rule_preview, tier_preview
from loyalty.configuration import POINTS_RULES
from segmentation.configuration import TIERS, VALUE_SCORE

SHOWN_MOVES = 200
SHOWN_ACCOUNTS = 25
TEMPLATES = {
    VALUE_SCORE: "configuration/value_score.html",
    TIERS: "configuration/tiers.html",
    SERVICE_LEVELS: "configuration/service_levels.html",
    ALERT_RULE: "configuration/rule.html",
    POINTS_RULES: "configuration/points_rules.html",
}
LIVE = {
    VALUE_SCORE: "configuration/_tier_live.html",
    TIERS: "configuration/_tier_live.html",
    SERVICE_LEVELS: "configuration/_service_live.html",
    ALERT_RULE: "configuration/_rule_live.html",
    POINTS_RULES: "configuration/_points_live.html",
}


@permission("configuration.read")
def value_score_settings(request):
    return _page(request, pages.subject_of(VALUE_SCORE))


@permission("configuration.read")
def tier_settings(request):
    return _page(request, pages.subject_of(TIERS))


@permission("configuration.read")
def service_level_settings(request):
    return _page(request, pages.subject_of(SERVICE_LEVELS))


@permission("configuration.read")
def points_rules_settings(request):
    return _page(request, pages.subject_of(POINTS_RULES))


@permission("configuration.read")
def alert_rule_settings(request, key: str):
    return _page(request, pages.subject_of(ALERT_RULE, key))


@permission("configuration.read")
def alert_rule_list(request):
    """Every rule in force: name, version, how it stands, what is broken about it."""
    rules = churn_selectors.rules_in_force(request.user)
    return render(request, "configuration/rule_list.html", {"rules": rules})


@require_POST
@permission("configuration.write")
def configuration_draft(request, kind: str, key: str):
    """Keep what was typed as the draft and show what it would do."""
    subject = pages.subject_of(kind, key)
    form = pages.form_of(subject, request.user, request.POST)
    if not form.is_valid():
        return _refused(request, subject, form)
    try:
        versions.save_draft(kind=kind, key=key, document=form.new_document(), author=request.user)
    except versions.InvalidDocumentError as error:
        form.add_error(None, [str(problem) for problem in error.problems])
        return _refused(request, subject, form)
    except versions.StaleError as error:
        form.add_error(None, str(error))
        return _refused(request, subject, form)
    if not is_fragment(request):
        return redirect(subject.url)
    if form.has_new_fields:
        return HttpResponseClientRedirect(subject.url)
    return _live(request, pages.subject_of(kind, key))


@require_POST
@permission("configuration.write")
def configuration_publish(request, kind: str, key: str):
    subject = pages.subject_of(kind, key)
    form = forms.PublishForm(request.POST)
    if subject.draft is None or not form.is_valid():
        raise BadRequest("Nothing to publish.")
    try:
        version = versions.publish(draft=subject.draft, author=request.user, **form.cleaned_data)
    except versions.ConfigurationError as error:
        messages.error(request, str(error))
    else:
        announce(request, pages.in_force_text(version))
    return redirect(subject.url)


@require_POST
@permission("configuration.write")
def configuration_discard(request, kind: str, key: str):
    subject = pages.subject_of(kind, key)
    if subject.in_force is None:
        raise Http404
    versions.discard_draft(kind=kind, key=key)
    announce(request, _("Draft discarded."))
    return redirect(subject.url)


@require_POST
@permission("configuration.write")
def configuration_roll_back(request, kind: str, key: str, number: int):
    """Publish a copy of an older version."""
    subject = pages.subject_of(kind, key)
    source = get_object_or_404(
        ConfigurationVersion.objects.exclude(state=versions.State.DRAFT), kind=kind, key=key, number=number
    )
    form = forms.RollBackForm(request.POST)
    if not form.is_valid():
        raise BadRequest("Which version is in force?")
    comment = _("Rolled back to version %(number)s") % {"number": number}
    try:
        version = versions.roll_back(
            kind=kind, key=key, number=source.number, comment=comment, author=request.user, **form.cleaned_data
        )
    except versions.ConfigurationError as error:
        messages.error(request, str(error))
    else:
        announce(request, pages.in_force_text(version))
    return redirect(subject.url)


@permission("configuration.read")
def alert_rule_replay(request, key: str):
    """The kept nights of the last 90 days under the version in force and the draft; asked for after the page."""
    subject = pages.subject_of(ALERT_RULE, key)
    comparison = rule_preview.rule_replay(request.user, old=subject.old, new=subject.new)
    context = {"comparison": comparison, "subject": subject, "chart": rule_preview.replay_chart(comparison)}
    return render(request, "configuration/_rule_replay.html", context)


@permission("configuration.read", parameters=("q",))
def alert_rule_try(request, key: str):
    """Every comparison of the rule for one account: its value, its limit, whether it holds and why not."""
    subject = pages.subject_of(ALERT_RULE, key)
    wanted = request.GET.get("q", "")[:100].strip()
    visible = Account.objects.visible_to(request.user).active()
    account = visible.filter(search_condition(wanted)).order_by("name", "pk").first() if wanted else None
    explained = rule_preview.explain_account(account, subject.new) if account else None
    context = {"wanted": wanted, "account": account, "explained": explained}
    return render(request, "configuration/_rule_try.html", context)


def _page(request, subject: pages.Subject, form=None, status: int = 200):
    context = _context(request, subject) | {"form": form or pages.form_of(subject, request.user)}
    return render(request, TEMPLATES[subject.kind], context, status=status)


def _live(request, subject: pages.Subject):
    return render(request, LIVE[subject.kind], _context(request, subject))


def _refused(request, subject: pages.Subject, form):
    """What is wrong, beside the preview when htmx asked, else on the page with everything as typed."""
    if is_fragment(request):
        return render(request, "configuration/_refused.html", {"form": form}, status=422)
    return _page(request, subject, form, status=422)


def _context(request, subject: pages.Subject) -> dict:
    return pages.shared_context(subject, request.user) | PREVIEWS[subject.kind](request, subject)


def _rule(request, subject: pages.Subject) -> dict:
    problems = versions.kind_of(ALERT_RULE).validate(subject.new)
    preview = None if problems else rule_preview.rule_preview(request.user, old=subject.old, new=subject.new)
    return {
        "problems": problems,
        "preview": preview,
        "fact_label": fact_label(preview.fact) if preview else "",
        "firings": preview.firings(SHOWN_MOVES) if preview else [],
        "histogram": preview.histogram() if preview else None,
        "persons": rule_preview.person_rows(preview) if preview else [],
    }


def _tiers(request, subject: pages.Subject) -> dict:
    score, limits = (versions.published(kind).document for kind in (VALUE_SCORE, TIERS))
    pairs = {"score": (score, score), "limits": (limits, limits)}
    pairs["score" if subject.kind == VALUE_SCORE else "limits"] = (subject.old, subject.new)
    preview = tier_preview.tier_preview(request.user, **pairs)
    return {"preview": preview, "moves": preview.moves(SHOWN_MOVES) if preview else []}


def _service_levels(request, subject: pages.Subject) -> dict:
    return {"preview": level_preview.level_preview(request.user, old=subject.old, new=subject.new)}


def _points_rules(request, subject: pages.Subject) -> dict:
    preview = points_preview.points_preview(request.user, old=subject.old, new=subject.new)
    return {"preview": preview, "top": preview.top(SHOWN_ACCOUNTS) if preview else []}


PREVIEWS = {
    VALUE_SCORE: _tiers,
    TIERS: _tiers,
    SERVICE_LEVELS: _service_levels,
    ALERT_RULE: _rule,
    POINTS_RULES: _points_rules,
}
