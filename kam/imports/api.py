"""Imports over the API: bring a file, choose its columns, check, start, look, fetch rejected rows, take back."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from core.api import Conflict, NothingSerializer, StrictSerializerMixin, TableViewMixin
from core.idempotency import KeyReusedError, once
from kam.choices import ImportKind
from kam.imports import services
from kam.imports.errors import FileRefused, ImportRefused
from kam.imports.fields import CURRENCY
from kam.imports.filters import ImportFilters
from kam.imports.forms import DATE_ORDERS
from kam.imports.kinds import KINDS
from kam.imports.page import error_lines, kept_lines, warning_lines
from kam.imports.permissions import ROW
from kam.imports.rejects import rejects_path
from kam.imports.tables import ImportTable
from kam.imports.views import download
from kam.models import ImportJob
from kam.notes import words

KEY_MAX = 64
KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Made by the caller: the same key again gives the first answer; with another content it is refused.",
)
FILE = {(200, "application/octet-stream"): OpenApiTypes.BINARY}


class ReasonSerializer(serializers.Serializer):
    """Why rows were rejected or are worth a warning, in the caller's language."""

    text = serializers.CharField()
    column = serializers.CharField()
    count = serializers.IntegerField()
    examples = serializers.CharField()


class KeptSerializer(serializers.Serializer):
    """What stayed when the import was taken back."""

    name = serializers.CharField()
    reason = serializers.CharField()


class ImportSerializer(serializers.ModelSerializer):
    """One file on its way into the data."""

    mapping = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField()
    errors = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()
    kept = serializers.SerializerMethodField()
    has_rejected_rows = serializers.SerializerMethodField()
    can_be_undone = serializers.BooleanField()

    class Meta:
        model = ImportJob
        fields = [
            "id",
            "kind",
            "state",
            "is_undo",
            "user",
            "file_name",
            "size_bytes",
            "source_hash",
            "headers",
            "mapping",
            "read_count",
            "accepted_count",
            "rejected_count",
            "warning_count",
            "object_count",
            "written_count",
            "created_count",
            "updated_count",
            "unchanged_count",
            "message",
            "errors",
            "warnings",
            "kept",
            "has_rejected_rows",
            "can_be_undone",
            "undo_until",
            "created_at",
            "started_at",
            "finished_at",
            "undone_at",
        ]

    def get_mapping(self, job) -> dict[str, str]:
        """Field → header of the file."""
        return {key: job.headers[index] for key, index in job.mapping.items()}

    def get_message(self, job) -> str:
        return words(job.message)

    def get_errors(self, job) -> ReasonSerializer(many=True):
        return ReasonSerializer(error_lines(job), many=True).data

    def get_warnings(self, job) -> ReasonSerializer(many=True):
        return ReasonSerializer(warning_lines(job), many=True).data

    def get_kept(self, job) -> KeptSerializer(many=True):
        return KeptSerializer(kept_lines(job), many=True).data

    def get_has_rejected_rows(self, job) -> bool:
        return rejects_path(job).exists()


class ImportListSerializer(serializers.ModelSerializer):
    """One import in the list."""

    class Meta:
        model = ImportJob
        fields = [
            "id",
            "kind",
            "state",
            "user",
            "file_name",
            "read_count",
            "rejected_count",
            "created_count",
            "updated_count",
            "unchanged_count",
            "created_at",
            "finished_at",
        ]


class BringSerializer(StrictSerializerMixin, serializers.Serializer):
    """A file and what is in it."""

    kind = serializers.ChoiceField(choices=ImportKind)
    file = serializers.FileField(max_length=200)


class CheckSerializer(StrictSerializerMixin, serializers.Serializer):
    """The columns, and what the file itself does not say. Without ``mapping`` the proposed columns are taken."""

    mapping = serializers.DictField(child=serializers.CharField(max_length=500), required=False)
    currency = serializers.RegexField(CURRENCY, required=False, max_length=3)
    date_order = serializers.ChoiceField(choices=DATE_ORDERS, required=False)
    is_creating_accounts = serializers.BooleanField(required=False)


@contextmanager
def refusals() -> Iterator[None]:
    """What a service refuses as 400 at the file, or 409."""
    try:
        yield
    except FileRefused as refused:
        raise ValidationError({"file": [str(refused)]}) from refused
    except ImportRefused as refused:
        raise Conflict(str(refused)) from refused
    except KeyReusedError as error:
        raise Conflict("This Idempotency-Key was used for another request.") from error


class ImportViewSet(
    TableViewMixin, mixins.CreateModelMixin, mixins.RetrieveModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet
):
    """The imports the token's user may see."""

    permission_keys = dict.fromkeys(
        ("list", "retrieve", "create", "check", "start", "cancel", "undo", "rejected", "source"), ROW
    )
    serializer_class = ImportSerializer
    filterset_class = ImportFilters
    table_class = ImportTable
    queryset = ImportJob.objects.none()
    max_body_bytes = settings.IMPORT_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    def get_queryset(self):
        return ImportJob.objects.visible_to(self.request.user).select_related("user")

    def get_serializer_class(self):
        return ImportListSerializer if self.action == "list" else ImportSerializer

    def get_parsers(self):
        """A file comes as a form; everything else as JSON."""
        is_file = self.request is None or self.action_map.get(self.request.method.lower()) == "create"
        return [MultiPartParser()] if is_file else super().get_parsers()

    @extend_schema(
        request={"multipart/form-data": BringSerializer}, responses={201: ImportSerializer}, parameters=[KEY]
    )
    def create(self, request, *args, **kwargs):
        """Bring a file: it is kept, and its columns are proposed. Nothing is checked or written yet."""
        brought = self._content(BringSerializer)
        file, kind = brought["file"], brought["kind"]

        def receive() -> int:
            file.seek(0)
            return services.receive_file(user=request.user, kind=kind, name=file.name, chunks=file.chunks()).pk

        content = {"kind": kind, "name": file.name, "hash": hash_of(file)}
        pk = self._once("bring", content, receive)
        return self._answer(get_object_or_404(self.get_queryset(), pk=pk), status.HTTP_201_CREATED)

    @extend_schema(request=CheckSerializer, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    def check(self, request, *args, **kwargs):
        """Have the whole file checked with these columns; look again until its state is "checked"."""
        job = self.get_object()
        options = self._content(CheckSerializer)
        mapping = options.pop("mapping", None)
        columns = job.mapping if mapping is None else columns_of(job, mapping)
        with refusals():
            services.start_check(job=job, mapping=columns, options=options)
        return self._answer(job, status.HTTP_202_ACCEPTED)

    @extend_schema(request=NothingSerializer, responses={202: ImportSerializer}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def start(self, request, *args, **kwargs):
        """Write what was checked; look again until its state is "done"."""
        return self._act("start", lambda job: services.start_writing(job=job))

    @extend_schema(request=NothingSerializer, responses={202: ImportSerializer}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def cancel(self, request, *args, **kwargs):
        """Stop an import that has not ended; what it has written is taken back."""
        return self._act("cancel", lambda job: services.cancel_import(job=job))

    @extend_schema(request=NothingSerializer, responses={202: ImportSerializer}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def undo(self, request, *args, **kwargs):
        """Take back what an import of the last seven days has written; look again until its state is "undone"."""
        return self._act("undo", lambda job: services.start_undo(job=job, by=request.user))

    @extend_schema(responses=FILE)
    @action(detail=True, methods=["get"])
    def rejected(self, request, *args, **kwargs):
        """The rejected rows as CSV, each with its column and reason, to be mended and brought again."""
        job = self.get_object()
        return download(request, job, rejects_path(job), "rejected.csv", "import.rejected_downloaded")

    @extend_schema(responses=FILE)
    @action(detail=True, methods=["get"])
    def source(self, request, *args, **kwargs):
        """The file as it was brought."""
        job = self.get_object()
        return download(request, job, job.source, job.file_name, "import.source_downloaded")

    def _content(self, serializer_class: type[serializers.Serializer]) -> dict:
        serializer = serializer_class(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _act(self, name: str, act: Callable[[ImportJob], None]) -> Response:
        job = self.get_object()
        self._content(NothingSerializer)

        def run() -> int:
            act(job)
            return job.pk

        self._once(name, {"import": job.pk}, run)
        job.refresh_from_db()
        return self._answer(job, status.HTTP_202_ACCEPTED)

    def _once(self, name: str, content: dict, act: Callable[[], int]) -> int:
        """What ``act`` returns; with a key of the caller it acts once."""
        key = self.request.headers.get("Idempotency-Key", "")
        if len(key) > KEY_MAX:
            raise ValidationError({"Idempotency-Key": [f"At most {KEY_MAX} characters."]})
        with refusals():
            if not key:
                return act()
            return once(user=self.request.user, key=f"import:{key}", content=content | {"act": name}, act=act)[0]

    def _answer(self, job: ImportJob, code: int) -> Response:
        return Response(ImportSerializer(job, context=self.get_serializer_context()).data, status=code)


def hash_of(file) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def columns_of(job: ImportJob, mapping: dict[str, str]) -> dict[str, int]:
    """Field → header as field → column. Raises ValidationError for what the kind or the file does not have."""
    known = {field.key for field in KINDS[job.kind].fields}
    wrong = sorted(key for key, header in mapping.items() if key not in known or header not in job.headers)
    if wrong:
        raise ValidationError({"mapping": [f"Unknown field or header: {', '.join(wrong)[:500]}"]})
    return {key: job.headers.index(header) for key, header in mapping.items()}
