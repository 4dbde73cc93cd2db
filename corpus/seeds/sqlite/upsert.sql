INSERT INTO customer VALUES(1, 'one', 'Ghent') ON CONFLICT(id) DO UPDATE SET name = excluded.name RETURNING name;
