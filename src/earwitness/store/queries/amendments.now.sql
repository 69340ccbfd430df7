-- Of which rows of a tenant the newest amendment of a field says something, as a part of another statement.
SELECT amends FROM
(
    SELECT amends, argMax(value, seq) AS value
    FROM amendments
    WHERE tenant = {tenant:String} AND stream = '/*slot:stream*/' AND field = '/*slot:field*/'
    GROUP BY amends
)
WHERE /*slot:says*/
