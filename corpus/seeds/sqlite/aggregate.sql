SELECT city, count(*), max(quantity) FROM sale JOIN customer ON customer.id = customer WHERE sale.id < 40 GROUP BY city HAVING count(*) > 3;
