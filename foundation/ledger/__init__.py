"""The audit ledger: ``ledger.record(...)`` inside every action's transaction."""

from foundation.ledger.recording import acting_system, record, record_many

__all__ = ["acting_system", "record", "record_many"]
