"""The yardstick of pages: session, signed-in user, three queries and a plain template with the same 50 rows."""

from collections.abc import Callable

from django.contrib.auth import get_user
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import path

from foundation.core.access import public

MIDDLEWARE = [
    "prevent_portal.benchmarks.bare.own_addresses",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
PAGE = Template(
    "<!doctype html><title>Evidence</title><h1>{{ user.name }}</h1><table>{% for row in rows %}<tr>"
    "{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)


def own_addresses(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer from this file's addresses. Overriding the setting instead would empty our own pages' caches each time."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return get_response(request)

    return answer


@public("a yardstick, mounted by the benchmark alone")
def bare_list(request: HttpRequest) -> HttpResponse:
    user = get_user(request)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT title, reference, kind, effective_from, expires_on, owner_id, updated_at FROM bare_evidence"
            " WHERE organisation_id = %s ORDER BY title, id LIMIT 50",
            [request.session["organisation"]],
        )
        rows = cursor.fetchall()
    return HttpResponse(PAGE.render(Context({"user": user, "rows": rows})))


urlpatterns = [path("bare/", bare_list)]
