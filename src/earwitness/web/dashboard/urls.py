"""Address of the dashboard."""

from django.urls import path

from earwitness.web.dashboard import views

urlpatterns = [path("", views.show, name="dashboard")]
