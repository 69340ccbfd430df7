-- The most frequent values of some columns in one look at the rows, and how many rows there are in all.
-- which: number of the column, NULL for all rows together.
SELECT /*slot:which*/ AS which, /*slot:value*/ AS value, count() AS rows
FROM /*slot:table*/
/*slot:prewhere*/
WHERE tenant = {tenant:String}/*slot:range*/
GROUP BY GROUPING SETS (/*slot:sets*/)
ORDER BY which, rows DESC, value
LIMIT {top:UInt32} BY which
