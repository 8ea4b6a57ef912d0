"""Sign-in through an organisation's own identity provider (OpenID Connect).

Authorization code flow with PKCE and a nonce, on django-allauth's provider, client and state; the ID token is checked
in full by joserfc (``tokens``); we talk to nobody but the addresses the issuer published (``peers``). Who the person is
here follows from issuer and subject alone (``identities``). What belongs to an organisation comes through
foundation.accounts.hooks.
"""
