-- How many rows fall into each stretch of time.
SELECT /*slot:bucket*/ AS bucket, count() AS rows
FROM /*slot:table*/
/*slot:prewhere*/
WHERE tenant = {tenant:String}/*slot:range*/
GROUP BY bucket
ORDER BY bucket
