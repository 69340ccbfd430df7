-- The gaps of a tenant, each once, the newest ten thousand of them, oldest first.
SELECT id, source, pbx, started_at, ended_at, reason, session_id
FROM
(
    SELECT toString(id) AS id, source, pbx, started_at, ended_at, reason, session_id
    FROM gaps
    WHERE tenant = {tenant:String}
    ORDER BY started_at DESC, id
    LIMIT 1 BY id
    LIMIT 10000
)
ORDER BY started_at, id
