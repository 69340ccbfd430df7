-- When the newest row of a tenant was.
SELECT toUnixTimestamp64Micro(/*slot:time*/) FROM /*slot:table*/
WHERE tenant = {tenant:String}
ORDER BY /*slot:time*/ DESC, seq DESC
LIMIT 1
