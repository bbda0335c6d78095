-- Telling others. Nothing here is made from the ledger: it is how far the ledger was followed, and what is still to be sent.

CREATE TABLE channels (
  tenant {int} NOT NULL REFERENCES tenants (id),
  id {int} NOT NULL,
  name {text} NOT NULL CHECK (octet_length(name) <= 2000),
  -- webhook, slack, email, github, gitlab, jira
  kind {text} NOT NULL,
  enabled {int} NOT NULL,
  -- JSON: where to, about what, how often. Nothing secret.
  settings {text} NOT NULL,
  -- Secrets, encrypted with a key that is not in the database.
  sealed {bytes} NOT NULL,
  -- Random; what the channel sends is known by it elsewhere.
  uid {text} NOT NULL,
  -- When the interval began in which messages are counted, and how many there were.
  since {int} NOT NULL,
  messages {int} NOT NULL,
  created {int} NOT NULL,
  PRIMARY KEY (tenant, id)
){keyed};
CREATE UNIQUE INDEX channels_name ON channels (tenant, name);

-- How far the ledger and the time were followed. Whoever follows holds this row.
CREATE TABLE notice_cursors (
  tenant {int} PRIMARY KEY REFERENCES tenants (id),
  -- Place in the log, and the finding within.
  seq {int} NOT NULL,
  finding {int} NOT NULL,
  -- Up to which moment, and which finding of that moment: due, due soon, waived until soon.
  due_at {int} NOT NULL,
  due_id {int} NOT NULL,
  soon_at {int} NOT NULL,
  soon_id {int} NOT NULL,
  waiver_at {int} NOT NULL,
  waiver_id {int} NOT NULL
){rows};

-- What was told already, so that it is told once.
CREATE TABLE notices (
  tenant {int} NOT NULL,
  kind {text} NOT NULL,
  -- `finding:ID`, `waiver:DIGEST`
  subject {text} NOT NULL CHECK (octet_length(subject) <= 2000),
  -- The day that is due, or since when it is open.
  moment {int} NOT NULL,
  at {int} NOT NULL,
  PRIMARY KEY (tenant, kind, subject, moment)
){keyed};
CREATE INDEX notices_at ON notices (tenant, at);

-- What is to be sent, and what became of it.
CREATE TABLE deliveries (
  tenant {int} NOT NULL,
  id {int} NOT NULL,
  channel {int} NOT NULL,
  -- Within the channel: the same key is the same message.
  key {text} NOT NULL CHECK (octet_length(key) <= 2000),
  kind {text} NOT NULL,
  -- 0 for waiting, 1 for sent, 2 for given up.
  status {int} NOT NULL,
  attempts {int} NOT NULL,
  -- When to try next; while somebody tries, when others may.
  next_at {int} NOT NULL,
  created {int} NOT NULL,
  done {int},
  remedy {int},
  -- JSON.
  payload {text} NOT NULL,
  error {text} NOT NULL,
  PRIMARY KEY (tenant, id)
){rows};
CREATE UNIQUE INDEX deliveries_key ON deliveries (tenant, channel, key);
CREATE INDEX deliveries_next ON deliveries (tenant, status, next_at, id);
CREATE INDEX deliveries_turn ON deliveries (tenant, channel, status, next_at, id);
CREATE INDEX deliveries_channel ON deliveries (tenant, channel, id);
CREATE INDEX deliveries_created ON deliveries (tenant, created);

-- The issue that was made elsewhere for a fix.
CREATE TABLE issues (
  tenant {int} NOT NULL,
  channel {int} NOT NULL,
  remedy {int} NOT NULL,
  -- What it is known by there.
  number {text} NOT NULL,
  url {text} NOT NULL,
  is_open {int} NOT NULL,
  PRIMARY KEY (tenant, channel, remedy)
){keyed};
CREATE INDEX issues_open ON issues (tenant, is_open, channel, remedy);

CREATE INDEX findings_waived ON findings (tenant, status, waived_until, id) WHERE waived_until IS NOT NULL;
