-- The gaps of a tenant that touch a stretch of time, each once.
SELECT toString(id), source, pbx, toUnixTimestamp64Micro(started_at), toUnixTimestamp64Micro(ended_at), reason,
    session_id
FROM gaps
WHERE tenant = {tenant:String} AND started_at < fromUnixTimestamp64Micro({end:Int64}, 'UTC')
    AND ended_at > fromUnixTimestamp64Micro({start:Int64}, 'UTC')
ORDER BY started_at, id
LIMIT 1 BY id
LIMIT 1000
