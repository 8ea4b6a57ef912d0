from typing import Any


class OnlyTheOwnerMigrates:
    """Schema belongs to the owner role; the app role could not change it if it tried."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        return True
