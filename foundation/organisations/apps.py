from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

HERE = Q(joined_into__isnull=True)


class OrganisationsConfig(AppConfig):
    name = "foundation.organisations"
    label = "organisations"

    def ready(self) -> None:
        from foundation.files import owners  # noqa: PLC0415 -- models are not ready before
        from foundation.organisations import actions, joining  # noqa: PLC0415 -- models are not ready before

        owners.register(actions.EXPORT_PURPOSE, actions.may_open_export_file)
        joining.register(
            joining.of_held(
                joining.Held("people_led", _("People to lead"), "organisations.Membership", "line_manager", still=HERE)
            )
        )
