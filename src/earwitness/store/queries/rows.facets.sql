-- The most frequent values of some columns in one look at the rows, and how many rows there are in all.
-- which: number of the column, -1 for all rows together. Values are masked after they are counted: few are left then.
-- only: values to tell about, all where it is empty; how many rows there are in all does not depend on it.
SELECT which, /*slot:shown*/ AS text, sum(rows) AS count
FROM
(
    SELECT /*slot:which*/ AS which, /*slot:value*/ AS value, count() AS rows
    FROM /*slot:table*/
    /*slot:prewhere*/
    WHERE tenant = {tenant:String}/*slot:range*/
    GROUP BY GROUPING SETS (/*slot:sets*/)
)
GROUP BY which, text
HAVING empty({only:Array(String)}) OR which = -1 OR has({only:Array(String)}, text)
ORDER BY which, count DESC, text
LIMIT {top:UInt32} BY which
