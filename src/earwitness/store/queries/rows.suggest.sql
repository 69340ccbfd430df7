-- Values of a column that hold a text, those that begin with it first, then the most frequent. Masked values are
-- masked before anything is compared with them.
SELECT /*slot:shown*/ AS text, sum(rows) AS count
FROM
(
    SELECT /*slot:value*/ AS value, count() AS rows
    FROM /*slot:table*/
    /*slot:prewhere*/
    WHERE tenant = {tenant:String}/*slot:range*/
    GROUP BY value
)
WHERE text != ''
GROUP BY text
HAVING lowerUTF8(text) LIKE lowerUTF8({holds:String})
ORDER BY lowerUTF8(text) LIKE lowerUTF8({begins:String}) DESC, count DESC, text
LIMIT {limit:UInt32}
