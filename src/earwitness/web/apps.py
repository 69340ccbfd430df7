"""The pages, as a Django application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files and what a person's pages remember."""

    name = "earwitness.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
