"""The Django app: exports, saved searches, schedules, alerts and forwarding live in the accounts database."""

from django.apps import AppConfig


class DeliverConfig(AppConfig):
    """What goes out of the house."""

    name = "earwitness.deliver"
    label = "deliver"
