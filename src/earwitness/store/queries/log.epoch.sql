-- The newest epoch in which something was recorded; 0 if nothing was.
SELECT max(epoch) AS epoch FROM /*slot:table*/
