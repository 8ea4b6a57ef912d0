"""The one settings file. Every difference between places is an environment variable listed in .env.example."""

import os
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from prevent_portal import environment
from prevent_portal.embedded import addresses

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(environment.text("PORTAL_VAR_DIR", str(BASE_DIR / "var"))).resolve()

environment.refuse_unknown(
    [
        "PORTAL_VAR_DIR", "PORTAL_DATABASE_URL", "PORTAL_OWNER_URL", "PORTAL_BACKUP_URL", "PORTAL_REDIS_URL",
        "PORTAL_SECRET_KEY", "PORTAL_ENCRYPTION_KEYS", "PORTAL_HOSTS", "PORTAL_ADDRESS", "PORTAL_HTTPS",
        "PORTAL_DEMO", "PORTAL_EMAIL_URL", "PORTAL_EMAIL_FROM", "PORTAL_CLAMD_URL", "PORTAL_S3_BUCKET",
        "PORTAL_S3_ENDPOINT", "PORTAL_S3_ACCESS_KEY", "PORTAL_S3_SECRET_KEY", "PORTAL_CHECKPOINT_DIR",
        "PORTAL_CHECKPOINT_KEY_FILE",
        "PORTAL_NAME", "PORTAL_PROXY_COUNT", "PORTAL_TEST_DATABASE",
    ]
)  # fmt: skip

# ---- Where the services are: our own from VAR_DIR, or those the operator names -------------------------------------
# The web and worker processes of a real installation know neither owner nor backup: only migrate and backup do.
EMBEDDED = not environment.all_or_none("PORTAL_DATABASE_URL", "PORTAL_REDIS_URL")
if EMBEDDED:
    services = addresses.read_or_create(VAR_DIR)
    DATABASE_URL, OWNER_URL, BACKUP_URL = services.database_url, services.owner_url, services.backup_url
    REDIS_URL = services.redis_url
else:
    DATABASE_URL, REDIS_URL = environment.text("PORTAL_DATABASE_URL"), environment.text("PORTAL_REDIS_URL")
    OWNER_URL, BACKUP_URL = environment.text("PORTAL_OWNER_URL", ""), environment.text("PORTAL_BACKUP_URL", "")


def database(url: str) -> dict:
    read = environ.Env.db_url_config(url)
    return {
        **read,
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": False,
        "OPTIONS": {"application_name": "prevent_portal", "connect_timeout": 5, **read.get("OPTIONS", {})},
        "TEST": {"NAME": environment.text("PORTAL_TEST_DATABASE", "test_portal")},
    }


DATABASES = {"default": database(DATABASE_URL)}
if OWNER_URL:
    DATABASES["owner"] = database(OWNER_URL)
if BACKUP_URL:
    DATABASES["backup"] = database(BACKUP_URL)
for alias in DATABASES.keys() - {"default"}:
    DATABASES[alias]["CONN_MAX_AGE"] = 0
    DATABASES[alias]["TEST"]["MIRROR"] = None
DATABASE_ROUTERS = ["prevent_portal.databases.OnlyTheOwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- Secrets and mode ----------------------------------------------------------------------------------------------
DEBUG = False
DEMONSTRATION = environment.flag("PORTAL_DEMO", False)
if DEMONSTRATION and not EMBEDDED:
    raise ImproperlyConfigured("PORTAL_DEMO needs the embedded database: one-click sign-in must never reach real data.")
SECRET_KEY = addresses.read_or_create_secret(VAR_DIR, "django") if EMBEDDED else environment.text("PORTAL_SECRET_KEY")
ENCRYPTION_KEYS = (
    addresses.read_or_create_key(VAR_DIR, "encryption") if EMBEDDED else environment.text("PORTAL_ENCRYPTION_KEYS")
)
HTTPS = environment.flag("PORTAL_HTTPS", not EMBEDDED)
ALLOWED_HOSTS = environment.names("PORTAL_HOSTS", ["localhost", "127.0.0.1"] if EMBEDDED else None)
OWN_ADDRESS = f"http://localhost:{os.environ.get('PORT') or 8000}" if EMBEDDED else None
PORTAL_ADDRESS = environment.address("PORTAL_ADDRESS", OWN_ADDRESS, https=HTTPS and not EMBEDDED)
PROXY_COUNT = environment.number("PORTAL_PROXY_COUNT", 0 if EMBEDDED else None)
PORTAL_NAME = environment.text("PORTAL_NAME", "Prevent Portal")
CHECKPOINT_DIR = Path(environment.text("PORTAL_CHECKPOINT_DIR", str(VAR_DIR / "checkpoints")))
CHECKPOINT_KEY_FILE = Path(
    environment.text("PORTAL_CHECKPOINT_KEY_FILE", str(VAR_DIR / "secrets" / "checkpoint-key.pem"))
)

# ---- Applications --------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "prevent_portal",
    "home",
    "audit",
    "compliance",
    "actionplans",
    "risk",
    "training",
    "foundation.evidence",
    "foundation.organisations",
    "foundation.notifications",
    "foundation.files",
    "foundation.jobs",
    "foundation.documents",
    "foundation.accounts",
    "foundation.ledger",
    "foundation.core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.sites",
    "django_linear_migrations",
    "django_celery_beat",
    "crispy_forms",
    "crispy_forms_gds",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
]
SITE_ID = 1

MIDDLEWARE = [
    "foundation.core.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "foundation.core.headers.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "foundation.accounts.middleware.SessionRulesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "foundation.accounts.middleware.SecondFactorMiddleware",
    "prevent_portal.middleware.ActingMiddleware",
]
ROOT_URLCONF = "prevent_portal.urls"
WSGI_APPLICATION = "prevent_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "foundation.core.shell.shell",
            ],
            "builtins": ["foundation.core.templatetags.portal"],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")
CRISPY_ALLOWED_TEMPLATE_PACKS = ["gds"]
CRISPY_TEMPLATE_PACK = "gds"

# ---- Where each layer finds the one above it (imports point down; these names are resolved at run time) ------------
PORTAL_ACTING_FOR_JOB = "foundation.organisations.acting.for_job"
PORTAL_NAVIGATION = ["home.navigation.items"]
PORTAL_UNREAD_NOTICES = "foundation.notifications.queries.unread_count"

# ---- Sign-in -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # the e-mail address is unique in any case: user_email_unique
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "/accounts/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/signed-out/"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # a provider's redirect back to us must carry it
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "portal_session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "portal_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "home.errors.csrf_failure"
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "portal_language"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# ---- Headers -------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_HANDLERS = ["foundation.files.receiving.SealedUploadHandler"]  # no upload is spooled in clear

# ---- Cache, jobs ---------------------------------------------------------------------------------------------------
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",  # limits and one-time codes must survive the loss of Redis
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False  # the lease brings a lost job back, at most three times
# Jobs that may take more than a minute have a queue and a worker of their own; one started without -Q takes from both.
CELERY_TASK_QUEUES = {name: {"exchange": name, "routing_key": name} for name in ("celery", "long")}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # kB; a child above it ends after its job, and a fresh one follows
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 2, "socket_connect_timeout": 2, "visibility_timeout": 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = "Europe/London"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]

# ---- Language, time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English")), ("cy", _("Welsh"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Europe/London"
USE_TZ = True
DATE_FORMAT = "j F Y"
FORMAT_MODULE_PATH = ["foundation.core.formats"]

# ---- Static files --------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static" / "build"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing may use it: see foundation.files
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# ---- Mail ----------------------------------------------------------------------------------------------------------
EMAIL_FROM = environment.text("PORTAL_EMAIL_FROM", "Prevent Portal <portal@localhost>")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = EMAIL_FROM
EMAIL_TIMEOUT = 10
if EMBEDDED and not environment.text("PORTAL_EMAIL_URL", ""):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
else:
    vars().update(environ.Env.email_url_config(environment.text("PORTAL_EMAIL_URL")))

# ---- Files ---------------------------------------------------------------------------------------------------------
CLAMD_URL = environment.text("PORTAL_CLAMD_URL", "")
S3_BUCKET = environment.text("PORTAL_S3_BUCKET", "")
S3_ENDPOINT = environment.text("PORTAL_S3_ENDPOINT", "")
S3_ACCESS_KEY = environment.text("PORTAL_S3_ACCESS_KEY", "")
S3_SECRET_KEY = environment.text("PORTAL_S3_SECRET_KEY", "")
FILES_DIR = VAR_DIR / "files"

# ---- Logging: JSON lines, UTC, request id, no personal values ------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "foundation.core.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "pikepdf": {"level": "WARNING"},
        "fido2": {"level": "WARNING"},  # at INFO it logs the ids of people's passkeys
    },
}

from prevent_portal.sign_in_settings import *  # noqa: E402, F403 -- django-allauth's own settings, kept together
