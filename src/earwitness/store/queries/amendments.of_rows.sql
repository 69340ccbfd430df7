-- What became known later of some rows: of each field, the value recorded last, as JSON text.
SELECT toString(amends) AS id, toString(field) AS name, argMax(value, seq) AS latest
FROM amendments
WHERE tenant = {tenant:String} AND stream = {stream:String} AND amends IN {ids:Array(UUID)}
GROUP BY amends, field
