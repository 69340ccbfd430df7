-- rows.first_seq
-- The lowest place in the log among the rows that a caller may see; 0 where there is none.
SELECT min(seq) FROM /*slot:table*/
/*slot:prewhere*/
WHERE tenant = {tenant:String}/*slot:range*/
