-- rows.sessions
-- Sessions by manager: how many, how many came to a barge and after how many milliseconds, how many have no reason;
-- and how many segments barge, or have no reason.
SELECT username, name, extension, count(), countIf(barges > 0), countIf(given = ''), sum(barges), sum(silent),
    quantileExactIf(0.5)(dateDiff('millisecond', began, barged), barges > 0),
    maxIf(dateDiff('millisecond', began, barged), barges > 0)
FROM
(
    SELECT any(/*slot:username*/) AS username, any(/*slot:name*/) AS name, any(/*slot:extension*/) AS extension,
        min(started_at) AS began, minIf(started_at, action = 'barge') AS barged, countIf(action = 'barge') AS barges,
        max(/*slot:reason*/) AS given, countIf(/*slot:reason*/ = '') AS silent
    FROM /*slot:table*/
    /*slot:prewhere*/
    WHERE tenant = {tenant:String}/*slot:range*/
    GROUP BY session_id
)
GROUP BY username, name, extension
