-- Which segments of a tenant can pass, as a part of another statement.
SELECT id FROM segments WHERE tenant = {tenant:String}/*slot:range*/
