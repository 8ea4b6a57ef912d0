"""PostgreSQL and Redis for an installation with no settings at all: demonstration, development and the tests.

Only ``prevent_portal.settings`` and our own commands import this package. Linux only.
"""
