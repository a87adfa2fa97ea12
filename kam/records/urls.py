from django.urls import path

from kam.records import views

urlpatterns = [
    path("records/<slug:kind>/<int:pk>/", views.record_notes, name="record_notes"),
    path("records/<slug:kind>/<int:pk>/comments/", views.comment_add, name="comment_add"),
    path("records/<slug:kind>/<int:pk>/history/", views.record_history, name="record_history"),
    path("records/<slug:kind>/<int:pk>/people/", views.comment_people, name="comment_people"),
    path("records/<slug:kind>/<int:pk>/files/", views.record_files, name="record_files"),
    path("comments/<int:pk>/", views.comment_open, name="comment_open"),
    path("comments/<int:pk>/edit/", views.comment_edit, name="comment_edit"),
    path("comments/<int:pk>/delete/", views.comment_delete, name="comment_delete"),
    path("comments/<int:pk>/restore/", views.comment_restore, name="comment_restore"),
    path("files/<int:pk>/", views.file_download, name="file_download"),
    path("files/<int:pk>/picture/", views.file_picture, name="file_picture"),
    path("files/<int:pk>/delete/", views.file_delete, name="file_delete"),
    path("files/<int:pk>/restore/", views.file_restore, name="file_restore"),
]
