-- The rows of one tenant with what became known later folded in: of each field, the amendment recorded last.
-- Stands in FROM where a statement speaks of such fields; only amendments of these fields are looked at, and only
-- rows that can pass. The tenant is demanded on both sides of the join, so that neither reads another's rows.
(
    SELECT recorded.* REPLACE (/*slot:replaced*/)
    FROM (SELECT */*slot:derived*/ FROM /*slot:rows*/ WHERE tenant = {tenant:String}/*slot:range*/) AS recorded
    LEFT JOIN
    (
        SELECT amends, /*slot:latest*/
        FROM amendments
        WHERE tenant = {tenant:String} AND stream = '/*slot:stream*/' AND field IN (/*slot:fields*/)/*slot:of*/
        GROUP BY amends
    ) AS amended ON recorded.id = amended.amends
)
