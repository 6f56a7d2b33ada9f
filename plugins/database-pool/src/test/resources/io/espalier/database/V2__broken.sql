ALTER TABLE no_such_table ADD colour VARCHAR(20);
