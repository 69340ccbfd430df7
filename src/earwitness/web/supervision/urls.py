"""Addresses of the supervision log."""

from django.urls import path

from earwitness.web.supervision import call, reason, views

urlpatterns = [
    path("supervision", views.show, name="supervision"),
    path("supervision/text", views.text, name="supervision-text"),
    path("supervision/suggest", views.suggest, name="supervision-suggest"),
    path("supervision/help", views.language, name="supervision-language"),
    path("supervision/live", views.live, name="supervision-live"),
    path("supervision/<uuid:segment_id>", views.segment, name="segment"),
    path("supervision/<uuid:segment_id>/details", views.details_row, name="segment-details"),
    path("supervision/reason/<uuid:segment_id>", reason.give, name="supervision-reason"),
    path("calls/<path:call_id>", call.show, name="call"),
]
