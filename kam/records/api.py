"""Comments and files over the API: what the token's user sees, adds and takes away."""

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.choices import RecordKind
from accounts.constants import ATTACHMENT_BYTES
from accounts.models import Attachment, Comment
from accounts.services import note as services
from accounts.services.errors import AccountsError
from accounts.services.note import Place
from core import audit
from core.api import StrictSerializerMixin, TableViewMixin
from kam.records import selectors
from kam.records.filters import AttachmentFilter, CommentFilter
from kam.records.subjects import place_of
from kam.records.tables import NoteTable
from kam.records.views import sealed

READ, WRITE = "account.read_list_search", "interaction_task_case.write"
LARGEST_KEY = 2**62


class PlaceSerializer(StrictSerializerMixin, serializers.Serializer):
    """The record beside which something is put: its kind and its id."""

    kind = serializers.ChoiceField(choices=RecordKind.choices)
    record_id = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)

    def place(self, user) -> Place:
        """The record that ``user`` sees. Raises ValidationError for one that is missing or not theirs to see."""
        try:
            return place_of(user, self.validated_data["kind"], self.validated_data["record_id"])
        except Http404 as error:
            raise ValidationError({"record_id": ["There is no such record."]}) from error


class NewCommentSerializer(PlaceSerializer):
    body = serializers.CharField(max_length=services.LONGEST_COMMENT)


class NewAttachmentSerializer(PlaceSerializer):
    file = serializers.FileField()


class CommentSerializer(serializers.ModelSerializer):
    author = serializers.CharField(source="created_by.name", default="")
    mentions = serializers.SlugRelatedField(slug_field="username", many=True, read_only=True)

    class Meta:
        model = Comment
        fields = ["id", "account", "kind", "record_id", "author", "body", "mentions", "created_at", "edited_at"]


class AttachmentSerializer(serializers.ModelSerializer):
    author = serializers.CharField(source="created_by.name", default="")

    class Meta:
        model = Attachment
        fields = [
            "id",
            "account",
            "kind",
            "record_id",
            "author",
            "name",
            "content_type",
            "size",
            "content_hash",
            "created_at",
        ]


class NoteViewSet(
    TableViewMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    """What comments and files share: a new one names its record, and the service judges."""

    table_class = NoteTable
    input_class: type[PlaceSerializer]

    def get_serializer_class(self):
        return self.input_class if self.action == "create" else self.serializer_class

    def create(self, request, *args, **kwargs):
        sent = self.input_class(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            note = self.add(sent)
        except AccountsError as error:
            raise ValidationError({error.field or "detail": [str(error.message)]}) from error
        return self.answer(note)

    def answer(self, note) -> Response:
        return Response(self.serializer_class(note, context=self.get_serializer_context()).data, status=201)


class CommentViewSet(NoteViewSet):
    """Comments on the records of visible accounts."""

    permission_keys = {"list": READ, "retrieve": READ, "create": WRITE, "destroy": WRITE}
    serializer_class = CommentSerializer
    input_class = NewCommentSerializer
    filterset_class = CommentFilter
    queryset = Comment.objects.none()

    def get_queryset(self):
        return selectors.comments(self.request.user).prefetch_related("mentions")

    def add(self, sent: NewCommentSerializer) -> Comment:
        place = sent.place(self.request.user)
        return services.add_comment(place=place, by=self.request.user, body=sent.validated_data["body"])

    def perform_destroy(self, comment: Comment) -> None:
        services.delete_comment(comment=comment, by=self.request.user)


class AttachmentViewSet(NoteViewSet):
    """Files beside the records of visible accounts; ``content`` downloads one."""

    permission_keys = {
        "list": "attachment.read",
        "retrieve": "attachment.read",
        "content": "attachment.read",
        "create": "attachment.add",
        "destroy": "attachment.delete",
    }
    serializer_class = AttachmentSerializer
    input_class = NewAttachmentSerializer
    filterset_class = AttachmentFilter
    parser_classes = (MultiPartParser,)
    max_body_bytes = ATTACHMENT_BYTES + 1024 * 1024
    queryset = Attachment.objects.none()

    def get_queryset(self):
        return selectors.attachments(self.request.user)

    def add(self, sent: NewAttachmentSerializer) -> Attachment:
        place = sent.place(self.request.user)
        return services.add_attachment(place=place, by=self.request.user, upload=sent.validated_data["file"])

    def perform_destroy(self, attachment: Attachment) -> None:
        services.delete_attachment(attachment=attachment, by=self.request.user)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True)
    def content(self, request, pk=None):
        """The file itself, as a download."""
        attachment = self.get_object()
        audit.record(request.user, "attachment.read", attachment, account=attachment.account_id, name=attachment.name)
        return sealed(attachment)
