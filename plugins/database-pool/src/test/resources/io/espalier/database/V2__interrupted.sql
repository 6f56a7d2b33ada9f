CREATE ALIAS interrupt_now FOR 'io.espalier.database.InterruptedStart.now';
CALL interrupt_now();
CREATE TABLE after_the_interrupt (name VARCHAR(64) NOT NULL PRIMARY KEY);
INSERT INTO after_the_interrupt (name) VALUES ('lamp');
CHECKPOINT SYNC;
