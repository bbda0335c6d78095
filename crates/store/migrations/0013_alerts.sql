-- Alerts of agents on hosts, in the order in which they came in; what else is known of one stands in its statement.
CREATE TABLE alerts (
  tenant {int} NOT NULL,
  seq {int} NOT NULL,
  -- Its number in the stream of the agent.
  number {int} NOT NULL,
  -- The thing that has the problem: the narrowest of those that it is about.
  asset {int} NOT NULL,
  host {int} NOT NULL,
  -- 0 for emergency to 7 for debug.
  priority {int} NOT NULL,
  rule {text} NOT NULL CHECK (octet_length(rule) <= 2000),
  -- When it happened by the clock of the host, in milliseconds since 1970.
  at {int} NOT NULL,
  output {text} NOT NULL CHECK (octet_length(output) <= 2000),
  PRIMARY KEY (tenant, seq, number)
){keyed};

-- The things that an alert is about.
CREATE TABLE alert_assets (
  tenant {int} NOT NULL,
  asset {int} NOT NULL,
  seq {int} NOT NULL,
  number {int} NOT NULL,
  PRIMARY KEY (tenant, asset, seq, number)
){keyed};

-- What agents send alerts in: one row for each unbroken sequence of numbers.
CREATE TABLE alert_streams (
  tenant {int} NOT NULL,
  stream {text} NOT NULL,
  host {int} NOT NULL,
  name {text} NOT NULL CHECK (octet_length(name) <= 2000),
  version {text} NOT NULL CHECK (octet_length(version) <= 2000),
  -- When its first and last batches came in, in milliseconds since 1970, and which statement the last one is.
  first_heard {int} NOT NULL,
  last_heard {int} NOT NULL,
  seq {int} NOT NULL,
  -- The number behind which its first batch begins, and the highest number that was told of.
  first {int} NOT NULL,
  last {int} NOT NULL,
  -- Alerts that the agent says it dropped, and those that lack though it says it sent them.
  dropped {int} NOT NULL,
  lacking {int} NOT NULL,
  PRIMARY KEY (tenant, stream)
){keyed};
CREATE INDEX alert_streams_heard ON alert_streams (tenant, last_heard);

CREATE INDEX scopes_called ON scopes (tenant, name);
