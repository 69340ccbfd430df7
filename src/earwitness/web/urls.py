"""Addresses of all pages."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("earwitness.accounts.urls")),
    path("", include("earwitness.web.dashboard.urls")),
    path("", include("earwitness.web.tail.urls")),
    path("", include("earwitness.web.activity.urls")),
    path("", include("earwitness.web.supervision.urls")),
    path("", include("earwitness.web.me.urls")),
    path("", include("earwitness.web.people.urls")),
    path("", include("earwitness.web.delivery.urls")),
    path("", include("earwitness.web.reports.urls")),
]
