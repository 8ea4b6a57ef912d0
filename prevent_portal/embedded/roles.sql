-- The portal's database roles, its database and who may do what in it.
--
-- Run by psql (15 or later) as a superuser, connected to the database "postgres". Safe to repeat: it brings
-- everything to what is written here. The embedded server, docker-compose.yml and a server of your own all use it:
--
--   PORTAL_OWNER_PASSWORD=… PORTAL_APP_PASSWORD=… PORTAL_BACKUP_PASSWORD=… \
--       psql --set=ON_ERROR_STOP=1 --dbname=postgres --file=prevent_portal/embedded/roles.sql
--
--   portal_owner   migrates; owns the database, its schema and every table
--   portal_app     web and worker; owns nothing, and row-level security binds it
--   portal_system  cannot log in; portal_app becomes it for one transaction (SET LOCAL ROLE), by named policies
--   portal_backup  sees every row and changes none

\set ON_ERROR_STOP 1
\set database portal
\set tests_allowed 0
\getenv database PORTAL_DATABASE
\getenv tests_allowed PORTAL_TESTS_ALLOWED
\getenv owner_password PORTAL_OWNER_PASSWORD
\getenv app_password PORTAL_APP_PASSWORD
\getenv backup_password PORTAL_BACKUP_PASSWORD

-- Passwords must not reach the server's log, not even when a statement fails.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET client_min_messages = 'warning';
SET password_encryption = 'scram-sha-256';

-- Two sessions that run this file at once follow each other.
SELECT pg_advisory_lock(hashtext('portal roles')) \g /dev/null

SELECT format('CREATE ROLE %I', wanted)
FROM unnest(ARRAY['portal_owner', 'portal_app', 'portal_system', 'portal_backup']) AS wanted
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) \gexec

SELECT :'tests_allowed' = '1' AS tests_allowed \gset
\if :tests_allowed
    \set may_create_databases CREATEDB
\else
    \set may_create_databases NOCREATEDB
\endif

ALTER ROLE portal_owner  LOGIN NOSUPERUSER :may_create_databases NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT
    PASSWORD :'owner_password';
ALTER ROLE portal_app    LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT
    PASSWORD :'app_password';
ALTER ROLE portal_system NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
ALTER ROLE portal_backup LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS NOINHERIT
    PASSWORD :'backup_password';

-- portal_app may become portal_system, but has none of its rights until it does, and cannot pass them on.
-- Up to PostgreSQL 15 this follows from NOINHERIT alone; from 16 on it is a property of the grant.
SELECT current_setting('server_version_num')::int >= 160000 AS grants_have_options \gset
\if :grants_have_options
    GRANT portal_system TO portal_app WITH ADMIN FALSE, INHERIT FALSE, SET TRUE;
\else
    GRANT portal_system TO portal_app;
\endif

-- No other membership among our roles, whoever granted it.
SELECT format('REVOKE %I FROM %I', granted.rolname, member.rolname)
FROM pg_auth_members
JOIN pg_roles AS granted ON granted.oid = pg_auth_members.roleid
JOIN pg_roles AS member ON member.oid = pg_auth_members.member
WHERE member.rolname IN ('portal_owner', 'portal_app', 'portal_system', 'portal_backup')
  AND (granted.rolname, member.rolname) <> ('portal_system', 'portal_app') \gexec

-- Nothing waits or idles for ever. A migration that cannot have its lock gives up rather than stop the portal.
ALTER ROLE portal_owner  SET lock_timeout = '2s';
ALTER ROLE portal_owner  SET idle_in_transaction_session_timeout = '10min';
ALTER ROLE portal_app    SET statement_timeout = '30s';
ALTER ROLE portal_app    SET lock_timeout = '5s';
ALTER ROLE portal_app    SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE portal_backup SET default_transaction_read_only = on;
ALTER ROLE portal_backup SET lock_timeout = '60s';
ALTER ROLE portal_backup SET idle_in_transaction_session_timeout = '60min';

SELECT format('CREATE DATABASE %I OWNER portal_owner ENCODING ''UTF8'' TEMPLATE template0', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec

ALTER DATABASE :"database" OWNER TO portal_owner;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO portal_app, portal_backup;

\connect :"database"
SET client_min_messages = 'warning';
\ir grants.sql

-- Where tests may run (never in production), portal_owner makes and drops databases; each begins with the same rights.
\if :tests_allowed
    REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
    GRANT CONNECT ON DATABASE postgres TO portal_owner;  -- from there it makes the tests' database
    GRANT pg_signal_backend TO portal_owner;  -- DROP DATABASE … WITH (FORCE) ends what a broken test left connected
    \connect template1
    SET client_min_messages = 'warning';
    \ir grants.sql
\endif
