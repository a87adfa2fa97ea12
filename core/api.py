"""What every API view shares: deny by default, the table of rights, strict input, bounded pages, plain errors."""

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import Http404
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import pagination, permissions, serializers
from rest_framework.exceptions import APIException, MethodNotAllowed, PermissionDenied, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.response import Response

from core.access import code, refused_everywhere
from core.editing import StaleError
from core.strict_json import StrictJSONError, parse_json
from core.tables import Table

WRITE_SCOPE = "write"
EXPORT_SCOPE = "export"
READ_ACTIONS = ("retrieve", "list")


class DenyByDefault(permissions.BasePermission):
    """A view without its own permission answers nobody."""

    def has_permission(self, request, view) -> bool:
        return False


def scope_allows(scope: str, row: str, *, is_safe: bool) -> bool:
    """Whether a token of ``scope`` reaches the row at all: column TKW for writing, TKR else; export needs its scope."""
    if code(row, "TKW") == "scope":
        return scope == EXPORT_SCOPE
    if scope == WRITE_SCOPE:
        return code(row, "TKW") != "x"
    return is_safe and code(row, "TKR") != "x"


class TablePermission(permissions.BasePermission):
    """The view's ``permission_keys`` {action: row} against the table: 401 or 403 for strangers, then scope and role."""

    def has_permission(self, request, view) -> bool:
        row = permission_row(view)
        if not request.user or not request.user.is_authenticated:
            if code(row, "AN") == "x":
                raise PermissionDenied
            return False
        if refused_everywhere(request.user, row):
            return False
        scope = getattr(request.auth, "scope", WRITE_SCOPE)
        return scope_allows(scope, row, is_safe=request.method in permissions.SAFE_METHODS)


def permission_row(view) -> str:
    """The row of the action asked for; OPTIONS and methods that the view lacks go by its reading row."""
    keys = view.permission_keys
    action = getattr(view, "action", None)
    if action in keys:
        return keys[action]
    return next(keys[name] for name in (*READ_ACTIONS, *keys) if name in keys)


class TableViewMixin:
    """For viewsets: rights by the table, and what a user may not see is missing for every verb."""

    permission_classes = (TablePermission,)
    permission_keys: dict[str, str] = {}
    table_class: type[Table]

    def check_record(self) -> None:
        """404 unless the record in the address is visible."""
        if self.detail:
            self.get_object()

    def options(self, request, *args, **kwargs):
        self.check_record()
        return Response(headers={"Allow": ", ".join(self.allowed_methods)})

    def http_method_not_allowed(self, request, *args, **kwargs):
        self.check_record()
        raise MethodNotAllowed(request.method)


class PageNumberPagination(pagination.PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class StrictFilterBackend(DjangoFilterBackend):
    """The page's own filters and orderings: an unknown parameter is an error, never silently ignored."""

    def filter_queryset(self, request, queryset, view):
        ordering = request.query_params.get("ordering", "")
        filterset = self.get_filterset(request, queryset, view)
        try:
            if filterset is not None:
                filterset.check()
                queryset = filterset.qs
            return view.table_class(request.user, ordering).order(queryset)
        except BadRequest as error:
            raise ValidationError({"detail": [str(error)]}) from error

    def get_schema_operation_parameters(self, view):
        ordering = {"name": "ordering", "required": False, "in": "query", "schema": {"type": "string"}}
        return [*super().get_schema_operation_parameters(view), ordering]


class BodyTooLarge(APIException):
    status_code = 413
    default_detail = "The request body is too large."
    default_code = "too_large"


class StrictJSONParser(JSONParser):
    """JSON that our databases can hold: bounded in size, depth and numbers, without NaN, NUL and lone surrogates."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        except RequestDataTooBig as error:
            raise BodyTooLarge from error
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise BodyTooLarge
        try:
            return parse_json(body)
        except StrictJSONError as error:
            raise ValidationError({"detail": [str(error)]}) from error


def exception_handler(error, context):
    """Plain errors; a missing record reads the same whatever the reason it is missing."""
    if isinstance(error, Http404):
        error = Http404()
    from rest_framework.views import exception_handler as plain_handler  # views load this module while they load

    return plain_handler(error, context)


class StrictSerializerMixin:
    """Refuses input fields that the serializer does not write, instead of dropping them in silence."""

    def to_internal_value(self, data):
        if isinstance(data, dict):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            unknown = set(data) - writable
            if unknown:
                raise ValidationError({name: ["This field cannot be written."] for name in sorted(unknown)})
        return super().to_internal_value(data)


class NothingSerializer(StrictSerializerMixin, serializers.Serializer):
    """The body of an action that needs none: whatever it names is refused."""


class Conflict(APIException):
    """The record, or the request's key, is not what the sender believes: read again, then decide."""

    status_code = 409
    default_detail = "The record was changed meanwhile."
    default_code = "conflict"


def stale_conflict(error: StaleError) -> Conflict:
    """A 409 with the version that stands now and, per field, base, theirs and mine as texts."""
    fields = {
        name: {"base": as_text(error.base.get(name)), "theirs": as_text(error.theirs[name]), "mine": as_text(value)}
        for name, value in error.mine.items()
        if name in error.fields
    }
    conflict = Conflict()
    conflict.detail = {"detail": conflict.default_detail, "version": error.current.version, "fields": fields}
    return conflict


def as_text(value) -> str | None:
    return None if value is None else str(getattr(value, "pk", value))
