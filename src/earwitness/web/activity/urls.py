"""Addresses of the activity audit log."""

from django.urls import path

from earwitness.web.activity import views

urlpatterns = [
    path("activity", views.show, name="activity"),
    path("activity/total", views.total, name="activity-total"),
    path("activity/histogram", views.histogram, name="activity-histogram"),
    path("activity/facets", views.facets, name="activity-facets"),
    path("activity/newer", views.newer, name="activity-newer"),
    path("activity/text", views.text, name="activity-text"),
    path("activity/suggest", views.suggest, name="activity-suggest"),
    path("activity/columns", views.choose_columns, name="activity-columns"),
    path("activity/help", views.language, name="activity-help"),
    path("activity/<uuid:event_id>", views.event, name="activity-event"),
    path("activity/<uuid:event_id>/params", views.params, name="activity-params"),
]
