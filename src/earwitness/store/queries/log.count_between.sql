-- How many records of a tenant stand between two places, both included, and how many places they take.
SELECT count() AS records, uniqExact(seq) AS places FROM /*slot:table*/
WHERE tenant = {tenant:String}/*slot:only*/ AND seq BETWEEN {first:UInt64} AND {last:UInt64}
