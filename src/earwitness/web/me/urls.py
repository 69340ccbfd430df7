"""Address of the person's own page."""

from django.urls import path

from earwitness.web.me import views

urlpatterns = [path("me", views.show, name="me")]
