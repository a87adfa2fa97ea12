"""The API of what readers and colleagues add: saved views of lists, comments and files."""

from rest_framework.routers import SimpleRouter

from kam.records.api import AttachmentViewSet, CommentViewSet
from users.api import SavedViewViewSet

router = SimpleRouter()
router.register("saved-views", SavedViewViewSet, basename="api_saved_view")
router.register("comments", CommentViewSet, basename="api_comment")
router.register("attachments", AttachmentViewSet, basename="api_attachment")

urlpatterns = router.urls
