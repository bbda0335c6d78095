-- What questions about the graph are answered from.

-- Edges in packs: which ones each statement was the first to tell of, and which ones it took away. Read in the order of the log they
-- give the edges that are there.
CREATE TABLE edge_packs (
  tenant {int} NOT NULL,
  seq {int} NOT NULL,
  edges {bytes} NOT NULL,
  PRIMARY KEY (tenant, seq)
){rows};

-- What says how a thing was made.
CREATE TABLE provenances (
  tenant {int} NOT NULL,
  asset {int} NOT NULL,
  seq {int} NOT NULL,
  at {int} NOT NULL,
  PRIMARY KEY (tenant, asset, seq)
){keyed};

CREATE INDEX component_licenses_component ON component_licenses (tenant, component);
CREATE INDEX assets_kind ON assets (tenant, kind, id);
CREATE INDEX assets_unowned ON assets (tenant, id) WHERE owner IS NULL;
CREATE INDEX assets_labelled ON assets (tenant, id) WHERE labels <> '{}';

-- What is the same to do on several things, with how many things and findings are open.
CREATE TABLE changes (
  tenant {int} NOT NULL,
  id {int} NOT NULL,
  change {text} NOT NULL CHECK (octet_length(change) <= 2000),
  things {int} NOT NULL,
  findings {int} NOT NULL,
  PRIMARY KEY (tenant, id)
){keyed};
CREATE UNIQUE INDEX changes_change ON changes (tenant, change);
CREATE INDEX changes_findings ON changes (tenant, findings, id);

INSERT INTO changes (tenant, id, change, things, findings)
SELECT tenant, ROW_NUMBER() OVER (PARTITION BY tenant ORDER BY MIN(id)), change,
  COUNT(CASE WHEN findings > 0 THEN 1 END), CAST(SUM(findings) AS BIGINT)
FROM remedies GROUP BY tenant, change;
