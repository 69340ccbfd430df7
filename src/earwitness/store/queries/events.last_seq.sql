-- The highest place taken in a tenant's log, 0 if it is empty.
SELECT max(seq) AS last FROM events WHERE tenant = {tenant:String}
