"""django-allauth's settings: how people sign in. Part of settings.py, kept together for whoever reviews sign-in."""

from datetime import timedelta

from prevent_portal import environment

# ---- Passwords -----------------------------------------------------------------------------------------------------
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "foundation.accounts.passwords.LengthValidator"},
    {"NAME": "foundation.accounts.passwords.DenyListValidator"},
]
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=1).total_seconds())

# ---- Sessions (times are in foundation.accounts.session_rules) -----------------------------------------------------
ACCOUNT_SESSION_REMEMBER = False  # the cookie goes when the browser closes
USERSESSIONS_TRACK_ACTIVITY = False  # foundation.accounts.middleware writes it, once a minute at most

# ---- Accounts ------------------------------------------------------------------------------------------------------
ACCOUNT_ADAPTER = "foundation.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]  # read by allauth's checks; there is no sign-up page
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation proves the address
ACCOUNT_EMAIL_NOTIFICATIONS = False  # foundation.accounts.letters tells people, in our words
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False  # a reset never stands in for the second factor
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 -- a class
ACCOUNT_LOGIN_TIMEOUT = int(timedelta(minutes=15).total_seconds())
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(timedelta(minutes=10).total_seconds())
ACCOUNT_FORMS = {
    "login": "foundation.accounts.forms.SignInForm",
    "reset_password": "foundation.accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "foundation.accounts.forms.NewPasswordForm",
}
# Tries are counted in foundation.accounts.limits, exactly and for all processes together; allauth's counters are off.
ACCOUNT_RATE_LIMITS = dict.fromkeys(
    ["login", "login_failed", "reset_password", "reset_password_from_key", "reauthenticate", "change_password"], ""
)
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("PORTAL_PROXY_COUNT", 0)

# ---- Second factor -------------------------------------------------------------------------------------------------
MFA_ADAPTER = "foundation.accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off; each code still works once
MFA_RATE_LIMITS = {"webauthn_login": ""}  # nobody can lock another person's passkey out
MFA_FORMS = {
    "authenticate": "foundation.accounts.forms.SecondFactorForm",
    "reauthenticate": "foundation.accounts.forms.ConfirmCodeForm",
}

# ---- Identity providers (OpenID Connect) ---------------------------------------------------------------------------
SOCIALACCOUNT_ADAPTER = "foundation.accounts.oidc.provider.SocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # an e-mail address never links a person to a sign-in
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_STORE_TOKENS = False

# ---- What the rooms above tell the accounts room (foundation.accounts.hooks says what each is given) -----------------
PORTAL_PASSWORD_WORDS = "foundation.organisations.identity.password_words"  # noqa: S105 -- a function
PORTAL_FIND_IDENTITY_PROVIDER = "foundation.organisations.identity.find_provider"
PORTAL_LIST_IDENTITY_PROVIDERS = "foundation.organisations.identity.list_providers"
PORTAL_CLAIM_MEMBERSHIP = "foundation.organisations.identity.claim"
PORTAL_PROVIDER_MEMBER = "foundation.organisations.identity.is_member"
