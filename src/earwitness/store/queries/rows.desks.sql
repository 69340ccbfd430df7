-- The desks with the most rows, and how many times any desk stands in any row.
SELECT desk, count() AS rows, sum(rows) OVER () AS total
FROM
(
    SELECT desks FROM /*slot:table*/
    /*slot:prewhere*/
    WHERE tenant = {tenant:String}/*slot:range*/
)
ARRAY JOIN desks AS desk
GROUP BY desk
ORDER BY rows DESC, desk
LIMIT {top:UInt32}
