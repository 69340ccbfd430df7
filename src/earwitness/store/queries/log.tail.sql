-- The highest place that a tenant's records take in one table, and when its last record was received; 0 and 1970 if it is empty.
SELECT max(seq) AS seq, max(received_at) AS received_at FROM /*slot:table*/ WHERE tenant = {tenant:String}/*slot:only*/
