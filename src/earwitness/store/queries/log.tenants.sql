-- Tenants that have records, and how many.
SELECT tenant, count() AS records FROM /*slot:table*/ GROUP BY tenant
