-- What controls rest on, in a form that is read without reading findings. All of it is made from the ledger.

-- How many findings there are. `class` is what the thing is: 1 a repository, 2 an image, 3 a host, 0 anything else. `due_day` is the
-- day (since 1970) by which open ones are due, and -1 where there is none or they are not open. Nothing is kept of what is 0.
CREATE TABLE finding_counts (
  tenant {int} NOT NULL,
  class {int} NOT NULL,
  rule {text} NOT NULL CHECK (octet_length(rule) <= 2000),
  status {int} NOT NULL,
  severity {int} NOT NULL,
  asset {int} NOT NULL,
  due_day {int} NOT NULL,
  findings {int} NOT NULL,
  PRIMARY KEY (tenant, class, rule, status, severity, asset, due_day)
){keyed};
CREATE INDEX finding_counts_asset ON finding_counts (tenant, asset);

-- The same over all things.
CREATE TABLE finding_totals (
  tenant {int} NOT NULL,
  class {int} NOT NULL,
  rule {text} NOT NULL CHECK (octet_length(rule) <= 2000),
  status {int} NOT NULL,
  severity {int} NOT NULL,
  due_day {int} NOT NULL,
  findings {int} NOT NULL,
  PRIMARY KEY (tenant, class, rule, status, severity, due_day)
){keyed};

CREATE INDEX findings_late ON findings (tenant, status, closed, asset, rule, due) WHERE due < closed;

-- The newest run of each check over a thing, and the newest that looked at all of it.
CREATE TABLE check_coverage (
  tenant {int} NOT NULL,
  name {text} NOT NULL CHECK (octet_length(name) <= 2000),
  asset {int} NOT NULL,
  seq {int} NOT NULL,
  at {int} NOT NULL,
  status {text} NOT NULL,
  -- Why it did not look at all of it; empty where it did.
  why {text} NOT NULL,
  whole_seq {int},
  whole_at {int},
  PRIMARY KEY (tenant, name, asset)
){keyed};

-- The newest statement of each type about a thing.
CREATE TABLE asset_statements (
  tenant {int} NOT NULL,
  predicate {text} NOT NULL CHECK (octet_length(predicate) <= 2000),
  asset {int} NOT NULL,
  seq {int} NOT NULL,
  at {int} NOT NULL,
  PRIMARY KEY (tenant, predicate, asset)
){keyed};

-- The newest sign-in of each person that was granted, and that was refused.
CREATE TABLE sign_ins (
  tenant {int} NOT NULL,
  login {text} NOT NULL CHECK (octet_length(login) <= 2000),
  granted {int} NOT NULL,
  seq {int} NOT NULL,
  at {int} NOT NULL,
  PRIMARY KEY (tenant, login, granted)
){keyed};

-- The newest verification of the ledger.
CREATE TABLE verifications (
  tenant {int} PRIMARY KEY,
  seq {int} NOT NULL,
  at {int} NOT NULL,
  entries {int} NOT NULL,
  is_intact {int} NOT NULL
){rows};

-- When what was vouched for was taken back, and the statement that says so.
ALTER TABLE attestations ADD COLUMN withdrawn {int};
ALTER TABLE attestations ADD COLUMN withdrawn_seq {int};
