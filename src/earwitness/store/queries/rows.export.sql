-- rows.export
-- All rows that a caller may see, as the engine writes them into a file.
SELECT /*slot:written*/ FROM /*slot:table*/
/*slot:prewhere*/
WHERE tenant = {tenant:String}/*slot:range*/
ORDER BY /*slot:order*/
