-- How far the log of a tenant was told on the bus between servers. Nothing here is made from the ledger.
CREATE TABLE bus_cursors (
  tenant {int} PRIMARY KEY REFERENCES tenants (id),
  -- The statement that is told next.
  seq {int} NOT NULL
){rows};
