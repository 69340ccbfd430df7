-- The first and the last quarter of an hour in which a tenant has rows; both 0, and no rows, where it has none.
SELECT count() AS quarters, min(quarter) AS first, max(quarter) AS last
FROM
(
    SELECT toUnixTimestamp(/*slot:quarter*/) AS quarter, count() AS rows FROM /*slot:table*/
    WHERE tenant = {tenant:String}
    GROUP BY quarter
)
