"""A saved search: a name for what somebody looks for again and again."""

from typing import ClassVar

from django.db import models

from earwitness.accounts.models import Role, Tenant, User


class SavedSearch(models.Model):
    """``search`` is the text of the search box, ``range`` the address's ``from`` and ``to``, joined by ``..``.

    Whoever has one of the ``shared_with`` roles sees it; each of them with their own eyes: a search grants nothing.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="saved_searches")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=100)
    stream = models.CharField(max_length=20)
    search = models.TextField(blank=True)
    range = models.CharField(max_length=100, blank=True)
    columns = models.JSONField(default=list, blank=True)
    order = models.CharField(max_length=10, default="newest")
    shared_with = models.ManyToManyField(Role, blank=True, related_name="saved_searches")
    pinned_by = models.ManyToManyField(User, blank=True, related_name="pinned_searches")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "name"], name="search_name_once_an_owner")]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
