-- Times are milliseconds since 1970, UTC. Numbers of rows are counted within a tenant.
-- Texts by which rows are found have at most 2000 bytes: an index of PostgreSQL holds no more than about 2700.

CREATE TABLE tenants (
  id {int} PRIMARY KEY,
  name {text} NOT NULL UNIQUE CHECK (octet_length(name) <= 2000),
  created {int} NOT NULL
){rows};

-- The ledger. Nothing here is ever changed, except that a body may be taken away, which a later statement says.

-- One row a tenant: how many statements there are. Whoever appends holds this row.
CREATE TABLE logs (
  tenant {int} PRIMARY KEY REFERENCES tenants (id),
  size {int} NOT NULL
){rows};

CREATE TABLE statements (
  tenant {int} NOT NULL REFERENCES tenants (id),
  seq {int} NOT NULL,
  -- SHA-256 of the envelope, or of the statement where there is no envelope, as it came in.
  digest {bytes} NOT NULL,
  predicate {text} NOT NULL CHECK (octet_length(predicate) <= 2000),
  received {int} NOT NULL,
  pusher {text} NOT NULL,
  trust {text} NOT NULL,
  -- Bytes of the body as it came in.
  bytes {int} NOT NULL,
  -- The leaf of the log.
  entry {bytes} NOT NULL,
  PRIMARY KEY (tenant, seq)
){keyed};
CREATE UNIQUE INDEX statements_digest ON statements (tenant, digest);
CREATE INDEX statements_predicate ON statements (tenant, predicate, seq);

-- What came in, compressed.
CREATE TABLE bodies (
  tenant {int} NOT NULL,
  seq {int} NOT NULL,
  body {bytes} NOT NULL,
  PRIMARY KEY (tenant, seq)
){rows};

-- Tiles of the Merkle tree, https://c2sp.org/tlog-tiles, without the tiles of entries.
CREATE TABLE tiles (
  tenant {int} NOT NULL,
  level {int} NOT NULL,
  idx {int} NOT NULL,
  hashes {bytes} NOT NULL,
  PRIMARY KEY (tenant, level, idx)
){keyed};

-- The graph. Everything from here on is made from the ledger and can be made again.

CREATE TABLE assets (
  tenant {int} NOT NULL,
  id {int} NOT NULL,
  key {text} NOT NULL CHECK (octet_length(key) <= 2000),
  kind {text} NOT NULL,
  owner {text},
  -- JSON object of texts.
  labels {text} NOT NULL,
  first_seen {int} NOT NULL,
  last_seen {int} NOT NULL,
  PRIMARY KEY (tenant, id)
){keyed};
CREATE UNIQUE INDEX assets_key ON assets (tenant, key);

CREATE TABLE edges (
  tenant {int} NOT NULL,
  source {int} NOT NULL,
  kind {text} NOT NULL CHECK (octet_length(kind) <= 2000),
  target {int} NOT NULL,
  first_seq {int} NOT NULL,
  last_seq {int} NOT NULL,
  PRIMARY KEY (tenant, source, kind, target)
){keyed};
CREATE INDEX edges_target ON edges (tenant, target, kind);

-- What was looked at again and again: an asset, and how it is looked at.
CREATE TABLE scopes (
  tenant {int} NOT NULL,
  id {int} NOT NULL,
  asset {int} NOT NULL,
  name {text} NOT NULL CHECK (octet_length(name) <= 2000),
  last_seq {int} NOT NULL,
  last_at {int} NOT NULL,
  PRIMARY KEY (tenant, id)
){keyed};
CREATE UNIQUE INDEX scopes_name ON scopes (tenant, asset, name);

CREATE TABLE scans (
  tenant {int} NOT NULL,
  seq {int} NOT NULL,
  scope {int} NOT NULL,
  -- What exactly was looked at: `sha256:…` or `commit:…`.
  build {text},
  at {int} NOT NULL,
  verdict {text} NOT NULL,
  reasons {text} NOT NULL,
  findings {int} NOT NULL,
  skipped {int} NOT NULL,
  tool {text} NOT NULL,
  rules {text} NOT NULL,
  PRIMARY KEY (tenant, seq)
){keyed};
CREATE INDEX scans_scope ON scans (tenant, scope, seq);

-- The last run of each check within a scope.
CREATE TABLE check_runs (
  tenant {int} NOT NULL,
  scope {int} NOT NULL,
  name {text} NOT NULL CHECK (octet_length(name) <= 2000),
  seq {int} NOT NULL,
  status {text} NOT NULL,
  note {text} NOT NULL,
  PRIMARY KEY (tenant, scope, name)
){keyed};

CREATE TABLE findings (
  tenant {int} NOT NULL,
  id {int} NOT NULL,
  asset {int} NOT NULL,
  fingerprint {bytes} NOT NULL,
  rule {text} NOT NULL CHECK (octet_length(rule) <= 2000),
  made_by {text} NOT NULL,
  severity {int} NOT NULL,
  confidence {int} NOT NULL,
  title {text} NOT NULL,
  message {text} NOT NULL,
  place {text} NOT NULL,
  component {int},
  status {int} NOT NULL,
  decision {int} NOT NULL,
  rank {int} NOT NULL,
  remedy {int} NOT NULL,
  first_seen {int} NOT NULL,
  last_seen {int} NOT NULL,
  -- Since when it is open without a break, and when it was closed.
  opened {int} NOT NULL,
  closed {int},
  due {int},
  -- JSON of the waiver that covers it.
  waiver {text},
  waived_until {int},
  -- Compressed JSON of the finding as it was last reported.
  detail {bytes} NOT NULL,
  PRIMARY KEY (tenant, id)
){rows};
CREATE UNIQUE INDEX findings_identity ON findings (tenant, asset, fingerprint);
CREATE INDEX findings_rank ON findings (tenant, status, rank, id);
CREATE INDEX findings_asset ON findings (tenant, asset, status, rank, id);
CREATE INDEX findings_rule ON findings (tenant, rule, status, rank, id);
CREATE INDEX findings_remedy ON findings (tenant, remedy, status, due);
CREATE INDEX findings_due ON findings (tenant, status, due);
CREATE INDEX findings_print ON findings (tenant, fingerprint);

-- Advisories and weaknesses that a finding is about.
CREATE TABLE finding_ids (
  tenant {int} NOT NULL,
  id {text} NOT NULL CHECK (octet_length(id) <= 2000),
  finding {int} NOT NULL,
  PRIMARY KEY (tenant, id, finding)
){keyed};
CREATE INDEX finding_ids_finding ON finding_ids (tenant, finding);

-- In which scopes a finding is there (1) or was seen to be gone (0).
CREATE TABLE sightings (
  tenant {int} NOT NULL,
  finding {int} NOT NULL,
  scope {int} NOT NULL,
  seq {int} NOT NULL,
  present {int} NOT NULL,
  PRIMARY KEY (tenant, finding, scope)
){keyed};
CREATE INDEX sightings_scope ON sightings (tenant, scope, present, finding);

-- What happened to a finding.
CREATE TABLE finding_events (
  tenant {int} NOT NULL,
  finding {int} NOT NULL,
  seq {int} NOT NULL,
  kind {text} NOT NULL CHECK (octet_length(kind) <= 2000),
  at {int} NOT NULL,
  by_whom {text} NOT NULL,
  note {text} NOT NULL,
  PRIMARY KEY (tenant, finding, seq, kind)
){keyed};
CREATE INDEX finding_events_seq ON finding_events (tenant, seq);

-- How many findings were opened and closed on a day (days since 1970), per severity.
CREATE TABLE days (
  tenant {int} NOT NULL,
  day {int} NOT NULL,
  severity {int} NOT NULL,
  opened {int} NOT NULL,
  fixed {int} NOT NULL,
  waived {int} NOT NULL,
  -- Milliseconds between opening and closing, summed over those that were fixed.
  spent {int} NOT NULL,
  PRIMARY KEY (tenant, day, severity)
){keyed};

-- One thing to do on one asset.
CREATE TABLE remedies (
  tenant {int} NOT NULL,
  id {int} NOT NULL,
  asset {int} NOT NULL,
  what {text} NOT NULL CHECK (octet_length(what) <= 2000),
  -- What is the same thing to do on other assets.
  change {text} NOT NULL CHECK (octet_length(change) <= 2000),
  -- JSON of the upgrade, if it is one.
  upgrade {text},
  owner {text},
  -- Of the findings that are open.
  rank {int} NOT NULL,
  findings {int} NOT NULL,
  decision {int} NOT NULL,
  severity {int} NOT NULL,
  due {int},
  PRIMARY KEY (tenant, id)
){keyed};
CREATE UNIQUE INDEX remedies_what ON remedies (tenant, asset, what);
CREATE INDEX remedies_rank ON remedies (tenant, rank, id);
CREATE INDEX remedies_change ON remedies (tenant, change);

-- Open findings of a remedy, counted.
CREATE TABLE remedy_counts (
  tenant {int} NOT NULL,
  remedy {int} NOT NULL,
  decision {int} NOT NULL,
  severity {int} NOT NULL,
  findings {int} NOT NULL,
  PRIMARY KEY (tenant, remedy, decision, severity)
){keyed};

CREATE TABLE components (
  tenant {int} NOT NULL,
  id {int} NOT NULL,
  purl {text} NOT NULL CHECK (octet_length(purl) <= 2000),
  -- The package URL without version, qualifiers and subpath.
  package {text} NOT NULL CHECK (octet_length(package) <= 2000),
  name {text} NOT NULL CHECK (octet_length(name) <= 2000),
  version {text},
  ecosystem {text},
  source_name {text} CHECK (octet_length(source_name) <= 2000),
  source_version {text},
  PRIMARY KEY (tenant, id)
){keyed};
CREATE UNIQUE INDEX components_purl ON components (tenant, purl);
CREATE INDEX components_package ON components (tenant, package, id);
CREATE INDEX components_name ON components (tenant, name, id);
CREATE INDEX components_source ON components (tenant, source_name, id);

CREATE TABLE component_licenses (
  tenant {int} NOT NULL,
  license {text} NOT NULL CHECK (octet_length(license) <= 2000),
  component {int} NOT NULL,
  PRIMARY KEY (tenant, license, component)
){keyed};

-- A run of components that bills of materials share.
CREATE TABLE chunks (
  tenant {int} NOT NULL,
  id {int} NOT NULL,
  digest {bytes} NOT NULL,
  components {int} NOT NULL,
  edges {int} NOT NULL,
  members {bytes} NOT NULL,
  PRIMARY KEY (tenant, id)
){rows};
CREATE UNIQUE INDEX chunks_digest ON chunks (tenant, digest);

CREATE TABLE chunk_components (
  tenant {int} NOT NULL,
  component {int} NOT NULL,
  chunk {int} NOT NULL,
  PRIMARY KEY (tenant, component, chunk)
){keyed};

CREATE TABLE inventories (
  tenant {int} NOT NULL,
  id {int} NOT NULL,
  digest {bytes} NOT NULL,
  components {int} NOT NULL,
  edges {int} NOT NULL,
  PRIMARY KEY (tenant, id)
){keyed};
CREATE UNIQUE INDEX inventories_digest ON inventories (tenant, digest);

CREATE TABLE inventory_chunks (
  tenant {int} NOT NULL,
  inventory {int} NOT NULL,
  place {int} NOT NULL,
  chunk {int} NOT NULL,
  PRIMARY KEY (tenant, inventory, place)
){keyed};
CREATE INDEX inventory_chunks_chunk ON inventory_chunks (tenant, chunk, inventory);

-- A bill of materials: the inventory that an asset had.
CREATE TABLE bills (
  tenant {int} NOT NULL,
  seq {int} NOT NULL,
  asset {int} NOT NULL,
  build {text},
  inventory {int} NOT NULL,
  at {int} NOT NULL,
  -- 1 for the last one of the asset.
  is_current {int} NOT NULL,
  PRIMARY KEY (tenant, seq)
){keyed};
CREATE INDEX bills_asset ON bills (tenant, asset, seq);
CREATE INDEX bills_inventory ON bills (tenant, inventory, is_current, asset);

-- What was decided.

CREATE TABLE waivers (
  tenant {int} NOT NULL,
  -- The statement that grants it.
  seq {int} NOT NULL,
  fingerprint {bytes},
  rule {text},
  asset {text},
  reason {text} NOT NULL,
  vex {text},
  by_whom {text} NOT NULL,
  created {int} NOT NULL,
  until {int},
  ended {int},
  PRIMARY KEY (tenant, seq)
){keyed};

CREATE TABLE policies (
  tenant {int} NOT NULL,
  name {text} NOT NULL CHECK (octet_length(name) <= 2000),
  value {text} NOT NULL,
  seq {int} NOT NULL,
  PRIMARY KEY (tenant, name)
){keyed};

CREATE TABLE attestations (
  tenant {int} NOT NULL,
  seq {int} NOT NULL,
  control {text} NOT NULL CHECK (octet_length(control) <= 2000),
  statement {text} NOT NULL,
  by_whom {text} NOT NULL,
  at {int} NOT NULL,
  until {int},
  PRIMARY KEY (tenant, seq)
){keyed};
CREATE INDEX attestations_control ON attestations (tenant, control);
