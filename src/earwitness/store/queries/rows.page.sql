-- One page of rows that a caller may see, in order of time and seq. The wide columns are read for these rows alone
-- (lazy materialisation): for that, what is asked stands in PREWHERE.
SELECT /*slot:stored*/ FROM /*slot:table*/
/*slot:prewhere*/
WHERE tenant = {tenant:String}/*slot:range*//*slot:after*/
ORDER BY /*slot:time*/ /*slot:direction*/, seq /*slot:direction*/
LIMIT {limit:UInt32}
