"""Addresses of all pages."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("earwitness.web.dashboard.urls")),
    path("", include("earwitness.web.activity.urls")),
    path("", include("earwitness.web.me.urls")),
]
