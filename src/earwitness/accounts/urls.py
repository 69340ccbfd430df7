"""Addresses of sign-in: the part of allauth that we use. There is no sign-up, and nobody claims an e-mail address."""

from allauth.account import views
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("2fa/", RedirectView.as_view(pattern_name="security"), name="mfa_index"),
    path("2fa/", include("allauth.mfa.urls")),
]
