"""What pages remember of a person."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models


class Preference(models.Model):
    """One thing that a person chose for good, such as the columns of a list."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    name = models.CharField(max_length=40)
    value = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("user", "name", name="preference_once_a_user")]

    def __str__(self) -> str:
        return self.name


def remembered(user_id: int | None) -> dict[str, Any]:
    """Return everything a person chose, by name."""
    if user_id is None:
        return {}
    return dict(Preference.objects.filter(user_id=user_id).values_list("name", "value"))


def remember(user_id: int | None, name: str, value: Any) -> None:
    """Keep what a person chose; None forgets it. Somebody who is no user (an operator) is not remembered."""
    if user_id is None:
        return
    if value is None:
        Preference.objects.filter(user_id=user_id, name=name).delete()
    else:
        Preference.objects.update_or_create(user_id=user_id, name=name, defaults={"value": value})
