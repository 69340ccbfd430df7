-- The first quarters of an hour of a tenant's log, in some order, and how many rows each has.
SELECT toUnixTimestamp(/*slot:quarter*/) AS quarter, count() AS rows FROM /*slot:table*/
WHERE tenant = {tenant:String}
GROUP BY quarter
ORDER BY quarter /*slot:direction*/
LIMIT 400
