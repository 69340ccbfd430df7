-- How many rows a caller may see.
SELECT count() FROM /*slot:table*/
/*slot:prewhere*/
WHERE tenant = {tenant:String}/*slot:range*/
