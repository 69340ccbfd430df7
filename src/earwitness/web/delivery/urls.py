"""Addresses of the pages of what goes out."""

from django.urls import path

from earwitness.web.delivery import alerts, exports, forwarding, schedules, searches

urlpatterns = [
    path("exports", exports.show, name="exports"),
    path("exports/ask", exports.ask, name="export-ask"),
    path("exports/news", exports.news, name="export-news"),
    path("exports/rows", exports.rows, name="export-rows"),
    path("exports/<uuid:export_id>", exports.one, name="export"),
    path("exports/<uuid:export_id>/file", exports.file, name="export-file"),
    path("exports/<uuid:export_id>/cancel", exports.cancel, name="export-cancel"),
    path("saved-searches", searches.show, name="saved-searches"),
    path("saved-searches/new", searches.new, name="saved-search-new"),
    path("saved-searches/<int:search_id>", searches.edit, name="saved-search"),
    path("saved-searches/<int:search_id>/open", searches.open_, name="saved-search-open"),
    path("saved-searches/<int:search_id>/pin", searches.pin, name="saved-search-pin"),
    path("saved-searches/<int:search_id>/delete", searches.delete, name="saved-search-delete"),
    path("schedules", schedules.show, name="schedules"),
    path("schedules/new", schedules.new, name="schedule-new"),
    path("schedules/<int:schedule_id>", schedules.edit, name="schedule"),
    path("schedules/<int:schedule_id>/run", schedules.run_now, name="schedule-run"),
    path("schedules/<int:schedule_id>/delete", schedules.delete, name="schedule-delete"),
    path("schedules/runs/<int:run_id>/sign-off", schedules.sign_off, name="sign-off"),
    path("alerts", alerts.show, name="alerts"),
    path("alerts/new", alerts.new, name="alert-new"),
    path("alerts/<int:alert_id>", alerts.edit, name="alert"),
    path("alerts/<int:alert_id>/test", alerts.test, name="alert-test"),
    path("alerts/<int:alert_id>/secret", alerts.secret, name="alert-secret"),
    path("alerts/<int:alert_id>/delete", alerts.delete, name="alert-delete"),
    path("settings/forwarding", forwarding.show, name="forwarding"),
    path("settings/forwarding/new/<str:kind>", forwarding.new, name="forward-new"),
    path("settings/forwarding/<int:forward_id>", forwarding.edit, name="forward"),
    path("settings/forwarding/<int:forward_id>/test", forwarding.test, name="forward-test"),
    path("settings/forwarding/<int:forward_id>/secret", forwarding.secret, name="forward-secret"),
    path("settings/forwarding/<int:forward_id>/switch", forwarding.switch, name="forward-switch"),
    path("settings/forwarding/<int:forward_id>/replay", forwarding.replay, name="forward-replay"),
    path("settings/forwarding/<int:forward_id>/delete", forwarding.delete, name="forward-delete"),
]
