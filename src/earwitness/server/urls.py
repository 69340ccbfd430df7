"""The URL map: every address that Django answers."""

from django.urls import include, path

from earwitness.api.app import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("earwitness.web.urls")),
]

handler400 = "earwitness.web.errors.bad_request"
handler403 = "earwitness.web.errors.forbidden"
handler404 = "earwitness.web.errors.not_found"
handler500 = "earwitness.web.errors.failed"
