-- The segments of one tenant with what became known later folded in: of each field, the amendment recorded last.
-- Stands in FROM, wherever a statement reads segments. The tenant is demanded on both sides of the join, so that
-- neither reads another's rows.
(
    SELECT segments.* REPLACE (
        if(mapContains(known, 'cdr_id'), JSONExtractString(known['cdr_id']), cdr_id) AS cdr_id,
        if(mapContains(known, 'cdr_sequence'), toInt64OrNull(known['cdr_sequence']), cdr_sequence) AS cdr_sequence,
        if(mapContains(known, 'reason'), JSONExtractString(known['reason']), reason) AS reason,
        if(mapContains(known, 'manager_username'),
            JSONExtractString(known['manager_username']), toString(manager_username)) AS manager_username,
        if(mapContains(known, 'manager_name'),
            JSONExtractString(known['manager_name']), toString(manager_name)) AS manager_name,
        if(mapContains(known, 'agent_username'),
            JSONExtractString(known['agent_username']), toString(agent_username)) AS agent_username,
        if(mapContains(known, 'agent_name'),
            JSONExtractString(known['agent_name']), toString(agent_name)) AS agent_name)
    FROM segments
    LEFT JOIN
    (
        SELECT amends, CAST((groupArray(field), groupArray(latest)), 'Map(String, String)') AS known
        FROM
        (
            SELECT amends, toString(field) AS field, argMax(value, seq) AS latest
            FROM amendments
            WHERE tenant = {tenant:String} AND stream = 'supervision'
            GROUP BY amends, field
        )
        GROUP BY amends
    ) AS amended ON segments.id = amended.amends
    WHERE segments.tenant = {tenant:String}
)
