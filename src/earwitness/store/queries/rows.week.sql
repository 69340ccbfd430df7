-- rows.week
-- How many rows a caller may see fall into each hour of each day of the week (1 is Monday), in a zone.
SELECT toDayOfWeek(toTimeZone(/*slot:time*/, {tz:String})) AS day, toHour(toTimeZone(/*slot:time*/, {tz:String})) AS hour, count()
FROM /*slot:table*/
/*slot:prewhere*/
WHERE tenant = {tenant:String}/*slot:range*/
GROUP BY day, hour
