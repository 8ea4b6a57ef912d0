# One image for web, worker, scheduler and the one-shot commands. Nothing in it is writable at run time.

FROM node:22-bookworm-slim AS static
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --loglevel=error
COPY bin/build-static bin/build-static
COPY static/src static/src
RUN node bin/build-static

FROM python:3.13-slim-bookworm AS packages
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /srv/portal/.venv \
 && /srv/portal/.venv/bin/pip install --disable-pip-version-check --no-cache-dir --require-hashes -r /tmp/base.txt

FROM python:3.13-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
    fontconfig fonts-noto-core libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin portal
WORKDIR /srv/portal
COPY --from=packages /srv/portal/.venv .venv
COPY --from=static /build/static/build static/build
COPY . .
ENV PATH=/srv/portal/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PORTAL_VAR_DIR=/srv/portal/var
# Collecting files needs no service, but the settings refuse to load with half of their values.
RUN PORTAL_DATABASE_URL=postgresql://build/build PORTAL_REDIS_URL=redis://build PORTAL_SECRET_KEY=only-for-this-build-step-and-never-used-again-0123456789 \
    PORTAL_ENCRYPTION_KEYS=1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= PORTAL_HOSTS=build PORTAL_PROXY_COUNT=1 \
    PORTAL_EMAIL_URL=consolemail:// PORTAL_EMAIL_FROM=build@localhost \
    python manage.py collectstatic --no-input --verbosity 0 \
 && python -m compileall -q prevent_portal home foundation compliance risk training actionplans audit \
 && install -d -o portal -g portal -m 0700 var/files var/checkpoints var/keys var/uploads
USER 10001:10001
ENTRYPOINT ["/srv/portal/deploy/entrypoint"]
CMD ["gunicorn", "--config", "python:prevent_portal.gunicorn_settings", "--bind", "0.0.0.0:8000", "prevent_portal.wsgi:application"]
