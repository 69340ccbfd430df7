-- Records of a tenant with one of these ids: where they stand, and what makes a record the same.
SELECT toString(id) AS given, seq, /*slot:identity*/ FROM /*slot:table*/
WHERE tenant = {tenant:String}/*slot:only*/ AND id IN {ids:Array(UUID)}
