"""django-allauth's settings: how people sign in. Part of settings.py, kept together for whoever reviews sign-in."""

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
