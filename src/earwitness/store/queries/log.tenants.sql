-- Tenants that have records, and how many.
SELECT tenant, count() AS records FROM /*slot:table*/ WHERE 1/*slot:only*/ GROUP BY tenant
