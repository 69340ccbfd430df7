-- The first row of a tenant in some order.
SELECT toUnixTimestamp64Micro(/*slot:time*/) FROM /*slot:table*/
WHERE tenant = {tenant:String}
ORDER BY /*slot:time*/ /*slot:direction*/, seq /*slot:direction*/
LIMIT 1
