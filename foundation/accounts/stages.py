"""When a sign-in must go through a second factor here."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest

from foundation.accounts.authentication import BY_PROVIDER


class SecondFactorStage(AuthenticateStage):
    """As django-allauth's, but a sign-in whose identity provider proved a second factor is not asked again."""

    def _should_handle(self, request: HttpRequest) -> bool:
        records = get_authentication_records(request, self.login.user)
        if any(record["method"] == BY_PROVIDER and record.get("second_factor") for record in records):
            return False
        return super()._should_handle(request)
