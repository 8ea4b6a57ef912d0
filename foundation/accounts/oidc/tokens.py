"""Checking an ID token, as OpenID Connect Core 1.0 section 3.1.3.7 asks, signature included."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"]
LEEWAY_SECONDS = 60
STEPS_OF_TWO = {"mfa", "hwk", "swk", "otp", "fpt", "face", "sc", "pop", "pin"}


class TokenRefused(Exception):
    """The token does not prove what it says. The text names the check that failed, never a value."""


def verify(
    id_token: str, *, keys: Mapping[str, Any], issuer: str, client_id: str, nonce: str, now: datetime
) -> dict[str, Any]:
    """The claims of a genuine ID token of this issuer for us, made for this one sign-in. Raises TokenRefused."""
    try:
        token = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        registry.validate(token.claims)
    except (JoseError, ValueError, TypeError, KeyError) as problem:
        raise TokenRefused(type(problem).__name__) from problem
    claims: dict[str, Any] = dict(token.claims)
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if (len(audience) > 1 or "azp" in claims) and claims.get("azp") != client_id:
        raise TokenRefused("authorised party")
    if not claims["sub"] or len(claims["sub"]) > 255:
        raise TokenRefused("subject")
    return claims


def proves_second_factor(claims: Mapping[str, Any]) -> bool:
    """The provider says it asked for more than a password: ``amr`` names ``mfa``, or two steps of different kinds."""
    steps = claims.get("amr")
    if not isinstance(steps, list):
        return False
    named = {step for step in steps if isinstance(step, str)}
    return "mfa" in named or ("pwd" in named and bool(named & STEPS_OF_TWO)) or {"hwk", "pin"} <= named


def signed_in_since(claims: Mapping[str, Any], moment: datetime) -> bool:
    """The provider asked the person to sign in after this moment, rather than trusting an earlier visit."""
    at = claims.get("auth_time")
    return isinstance(at, int) and at >= int(moment.timestamp()) - LEEWAY_SECONDS
