-- Which rows of a tenant have an amendment of a field, as a part of another statement.
SELECT amends FROM amendments WHERE tenant = {tenant:String} AND stream = '/*slot:stream*/' AND field = '/*slot:field*/'
