-- rows.last_seq
-- The highest place in a tenant's log among the rows received since a moment, and when that was.
SELECT max(seq), max(toUnixTimestamp64Micro(received_at)) FROM /*slot:table*/
WHERE tenant = {tenant:String} AND received_at >= fromUnixTimestamp64Micro({since:Int64}, 'UTC')
