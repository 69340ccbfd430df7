"""Pages that say what went wrong and what to do about it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from earwitness.model.problem import Problem


def show(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the page of a problem, with its status."""
    heads = {403: "You may not see this page", 404: "There is nothing here", 503: "The log cannot answer now"}
    context = {"head": heads.get(problem.status, problem.title), "sentence": problem.detail, "status": problem.status}
    template = "web/parts/problem.html" if request.headers.get("HX-Request") else "web/problem.html"
    response = render(request, template, context, status=problem.status)
    if problem.retry_after:
        response["Retry-After"] = str(problem.retry_after)
    return response


def _plain(request: HttpRequest, status: int, head: str, sentence: str) -> HttpResponse:
    return render(request, "web/problem.html", {"head": head, "sentence": sentence, "status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: an address or a form that cannot be understood."""
    return _plain(request, 400, "This request cannot be understood", "Go back, reload the page and try again.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: no permission, or a form that was open for too long."""
    sentence = str(exception) or "Ask an administrator for the permission, or reload and try again."
    return _plain(request, 403, "You may not do this", sentence)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: absent, out of scope, or another tenant's: the same answer."""
    return _plain(
        request, 404, "There is nothing here", "The address may be mistyped, or you may not see what it names."
    )


def failed(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours; the page needs neither database nor context."""
    return HttpResponse(FAILED, status=500)


FAILED = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Something failed · Earwitness</title><link rel="stylesheet" href="/static/web/tokens.css">
<link rel="stylesheet" href="/static/web/base.css"><link rel="stylesheet" href="/static/web/entrance.css"></head>
<body class="entrance"><main class="entrance-card"><h1>Something failed</h1>
<p>This is a fault of Earwitness, and nothing that was acknowledged is lost. Try again; if it stays, tell whoever runs
this server and name the time.</p><p><a href="/">Back to the dashboard</a></p></main></body></html>
"""
