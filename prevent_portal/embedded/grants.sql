-- Rights inside one database. Included by roles.sql, which says who is who.

SELECT format('ALTER SCHEMA public OWNER TO %I', CASE current_database() WHEN 'template1' THEN 'pg_database_owner' ELSE 'portal_owner' END) \gexec

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO portal_owner, portal_app, portal_system, portal_backup;

-- What portal_owner makes from now on. A migration may take rights away again (the ledger is insert-only).
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_app, portal_system;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner GRANT USAGE ON SEQUENCES TO portal_app, portal_system;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner GRANT SELECT ON TABLES TO portal_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner GRANT SELECT ON SEQUENCES TO portal_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner GRANT EXECUTE ON FUNCTIONS TO portal_app, portal_system, portal_backup;
