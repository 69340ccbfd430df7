"""Addresses of the pages about people."""

from django.urls import path

from earwitness.web.people import desks, keys, policies, redaction, roles, security, setup, system, tenants, user, users

urlpatterns = [
    path("settings/users", users.show, name="users"),
    path("settings/users/new", users.new, name="user-new"),
    path("settings/users/edit/<str:username>", user.edit, name="user"),
    path("settings/users/disable/<str:username>", user.disable, name="user-disable"),
    path("settings/users/password/<str:username>", user.password, name="user-password"),
    path("settings/users/second-factors/<str:username>", user.second_factors, name="user-second-factors"),
    path("settings/users/sign-out/<str:username>", user.sign_out, name="user-sign-out"),
    path("settings/users/delete/<str:username>", user.delete, name="user-delete"),
    path("settings/roles", roles.show, name="roles"),
    path("settings/roles/new", roles.new, name="role-new"),
    path("settings/roles/edit/<str:name>", roles.edit, name="role"),
    path("settings/roles/delete/<str:name>", roles.delete, name="role-delete"),
    path("settings/desks", desks.show, name="desks"),
    path("settings/desks/edit/<str:name>", desks.edit, name="desk"),
    path("settings/desks/delete/<str:name>", desks.delete, name="desk-delete"),
    path("settings/keys", keys.show, name="keys"),
    path("settings/keys/new", keys.new, name="key-new"),
    path("settings/keys/revoke/<str:name>", keys.revoke, name="key-revoke"),
    path("settings/policies", policies.show, name="policies"),
    path("settings/redaction", redaction.show, name="redaction"),
    path("settings/redaction/sample", redaction.sample, name="redaction-sample"),
    path("settings/system", system.show, name="system"),
    path("settings/tenants", tenants.show, name="tenants"),
    path("settings/tenants/visit", tenants.visit, name="tenant-visit"),
    path("settings/tenants/disable/<str:name>", tenants.disable, name="tenant-disable"),
    path("sessions/<int:session>/end", security.end_session, name="session-end"),
    path("me/security", security.show, name="security"),
    path("me/security/sign-out-elsewhere", security.sign_out_elsewhere, name="sign-out-elsewhere"),
    path("setup/", setup.show, name="setup"),
]
