-- Which rows of a tenant can pass, as a part of another statement.
SELECT id FROM /*slot:rows*/ WHERE tenant = {tenant:String}/*slot:range*/
