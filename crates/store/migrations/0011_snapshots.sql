-- The edges of a tenant as whoever follows them keeps them in memory, so that they are there after one read. Made from edge_packs and assets;
-- nothing rests on it, and what came after it is brought in from there.
CREATE TABLE graph_snapshots (
  tenant {int} NOT NULL REFERENCES tenants (id),
  -- Pieces of one value, from 0.
  part {int} NOT NULL,
  -- The last statement that is in it, and the highest number of a thing.
  seq {int} NOT NULL,
  things {int} NOT NULL,
  bytes {bytes} NOT NULL,
  PRIMARY KEY (tenant, part)
){rows};

-- How often the graph was made again: numbers of things mean something else then.
CREATE TABLE graph_generations (
  tenant {int} PRIMARY KEY REFERENCES tenants (id),
  generation {int} NOT NULL
){rows};
