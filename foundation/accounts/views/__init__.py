"""Pages of sign-in and account security: thin layers over django-allauth's views and our actions."""
