SELECT name FROM customer WHERE id IN (SELECT customer FROM sale WHERE price > 990) AND name LIKE '%4_' LIMIT 3;
