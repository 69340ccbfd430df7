-- Rows of a stretch of places in the log, in their order. Read by seq, which is no part of the key.
SELECT /*slot:stored*/ FROM /*slot:table*/
/*slot:prewhere*/
WHERE tenant = {tenant:String}/*slot:range*/
ORDER BY seq
LIMIT {limit:UInt32}
