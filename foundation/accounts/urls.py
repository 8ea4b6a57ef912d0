"""Everything under /accounts/. The names without a namespace are those django-allauth looks up itself."""

from django.urls import include, path, re_path

from foundation.accounts.views import confirm, factors, passwords, providers, security, sign_in
from foundation.core.access import public

allauth_names = [
    path("sign-in/", public("people sign in here")(sign_in.SignInView.as_view()), name="account_login"),
    path(
        "sign-in/passkey/",
        public("people sign in here with a passkey")(sign_in.PasskeySignInView.as_view()),
        name="mfa_login_webauthn",
    ),
    path(
        "sign-in/second-factor/",
        public("the second step of signing in; nothing happens without the first")(sign_in.SecondFactorView.as_view()),
        name="mfa_authenticate",
    ),
    path("disabled/", sign_in.disabled, name="account_inactive"),
    path(
        "password/forgotten/",
        public("somebody who forgot their password cannot sign in")(passwords.ForgottenPasswordView.as_view()),
        name="account_reset_password",
    ),
    path("password/forgotten/sent/", passwords.forgotten_sent, name="account_reset_password_done"),
    path("password/new/done/", passwords.new_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public("the link in a letter is the proof")(passwords.NewPasswordView.as_view()),
        name="account_reset_password_from_key",
    ),
]

own_names = [
    path("sign-in/passkey/options/", sign_in.passkey_options, name="sign_in_passkey_options"),
    path("sign-in/second-factor/options/", sign_in.second_factor_options, name="second_factor_options"),
    path("sign-in/again/", sign_in.start_again, name="start_again"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("signed-out/", sign_in.signed_out, name="signed_out"),
    path("organisation/", providers.choose, name="provider_choose"),
    path("organisation/confirm/", providers.confirm, name="provider_confirm"),
    path("organisation/<slug:reference>/callback/", providers.callback, name="provider_callback"),
    path("second-factor/", factors.enrol, name="enrol"),
    path("second-factor/app/start/", factors.start_app, name="start_app"),
    path("second-factor/app/", factors.app, name="app"),
    path("second-factor/app/qr-code.svg", factors.app_qr_code, name="app_qr_code"),
    path("second-factor/passkey/", factors.passkey, name="passkey"),
    path("second-factor/passkey/options/", factors.passkey_options, name="passkey_options"),
    path("second-factor/<int:factor_id>/remove/", factors.remove, name="remove_factor"),
    path("recovery-codes/", factors.recovery_codes, name="recovery_codes"),
    path("recovery-codes/new/", factors.renew_recovery_codes, name="renew_recovery_codes"),
    path("confirm/", confirm.confirm, name="confirm"),
    path("confirm/options/", confirm.passkey_options, name="confirm_options"),
    path("security/", security.security, name="security"),
    path("password/", passwords.change, name="change_password"),
    path("sessions/", security.sessions, name="sessions"),
    path("sessions/end-others/", security.end_other_sessions, name="end_other_sessions"),
    path("sessions/<int:session_id>/end/", security.end_session, name="end_session"),
    path("preferences/", security.preferences, name="preferences"),
]

urlpatterns = [*allauth_names, path("", include((own_names, "accounts")))]
