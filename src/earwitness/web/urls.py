"""Addresses of all pages."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("earwitness.web.activity.urls")),
]
