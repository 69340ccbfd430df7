"""Addresses of the person's own pages."""

from django.urls import path

from earwitness.web.me import views

urlpatterns = [
    path("me", views.show, name="me"),
    path("me/listened", views.listened, name="me-listened"),
]
