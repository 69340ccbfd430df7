-- Which rows of a tenant have an amendment that says something, as a part of another statement.
SELECT amends FROM amendments WHERE tenant = {tenant:String} AND stream = '/*slot:stream*/' AND (/*slot:saying*/)
