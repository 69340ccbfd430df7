-- How many rows a tenant has in a stretch of time: the key alone tells.
SELECT count() FROM /*slot:table*/
WHERE tenant = {tenant:String} AND /*slot:time*/ >= fromUnixTimestamp64Micro({start:Int64}, 'UTC')
    AND /*slot:time*/ < fromUnixTimestamp64Micro({end:Int64}, 'UTC')
