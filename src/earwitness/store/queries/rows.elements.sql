-- The elements of an array column (desks, breaches) with the most rows, and how many there are in all rows together.
SELECT element, count() AS rows, sum(rows) OVER () AS total
FROM
(
    SELECT /*slot:array*/ AS elements FROM /*slot:table*/
    /*slot:prewhere*/
    WHERE tenant = {tenant:String}/*slot:range*/
)
ARRAY JOIN elements AS element
GROUP BY element
ORDER BY rows DESC, element
LIMIT {top:UInt32}
