-- All ids of a tenant.
SELECT id FROM /*slot:table*/ WHERE tenant = {tenant:String}/*slot:only*/
