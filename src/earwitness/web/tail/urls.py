"""Address of the live tail."""

from django.urls import path

from earwitness.web.tail import views

urlpatterns = [path("activity/tail", views.show, name="tail")]
