-- Measures of the quality of code, one row a scan that told of them: the graph of a thing over time.
CREATE TABLE measures (
  tenant {int} NOT NULL,
  asset {int} NOT NULL,
  -- `all` lines were measured, or those of `changes`.
  scope {text} NOT NULL,
  -- When the scan was made, in milliseconds since 1970, and the statement that tells of it.
  at {int} NOT NULL,
  seq {int} NOT NULL,
  -- As the report has it: JSON.
  quality {text} NOT NULL,
  PRIMARY KEY (tenant, asset, scope, at, seq)
){keyed};
