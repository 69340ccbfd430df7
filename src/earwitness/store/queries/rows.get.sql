-- One row by its id, if the caller may see it.
SELECT /*slot:stored*/ FROM /*slot:table*/
/*slot:prewhere*/
WHERE tenant = {tenant:String}/*slot:range*/
LIMIT 1
