from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "foundation.organisations"
    label = "organisations"
