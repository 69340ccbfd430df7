"""The API as a Django application; it keeps nothing in the database."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Names the application."""

    name = "earwitness.api"
    label = "api"
