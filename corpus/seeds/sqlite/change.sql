UPDATE sale SET quantity = quantity + 1 WHERE id < 9 AND product <> 'anvil'; DELETE FROM sale WHERE id = 7; SELECT * FROM audit;
