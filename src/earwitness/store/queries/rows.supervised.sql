-- rows.supervised
-- Segments by person and action: how many, in how many sessions, how long in all.
SELECT /*slot:username*/ AS username, /*slot:name*/ AS name, /*slot:extension*/ AS extension, action,
    count(), uniqExact(session_id), sum(duration_ms)
FROM /*slot:table*/
/*slot:prewhere*/
WHERE tenant = {tenant:String}/*slot:range*/
GROUP BY username, name, extension, action
