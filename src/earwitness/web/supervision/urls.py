"""Addresses of the supervision log."""

from django.urls import path

from earwitness.web.supervision import views

urlpatterns = [
    path("supervision", views.show, name="supervision"),
    path("supervision/live", views.live, name="supervision-live"),
    path("calls/<path:call_id>", views.call, name="call"),
]
