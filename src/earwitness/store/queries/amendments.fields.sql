-- Which of some fields of a tenant's rows were amended at all.
SELECT DISTINCT toString(field) AS name
FROM amendments
WHERE tenant = {tenant:String} AND stream = {stream:String} AND field IN {fields:Array(String)}
