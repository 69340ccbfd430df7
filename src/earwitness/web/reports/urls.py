"""Addresses of the report pages."""

from django.urls import path

from earwitness.web.reports import views

urlpatterns = [
    path("reports", views.index, name="reports"),
    path("reports/<slug:name>", views.show, name="report"),
    path("reports/<slug:name>/file", views.file, name="report-file"),
    path("reports/<slug:name>/on", views.turn_on, name="report-on"),
    path("reports/<slug:name>/off", views.turn_off, name="report-off"),
]
