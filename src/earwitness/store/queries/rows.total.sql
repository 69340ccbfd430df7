-- How many rows there are, of all tenants: how long a look into every word of the index takes.
SELECT count() FROM /*slot:table*/
