-- For how many milliseconds the clock of a finding stood since it was opened, waivers that hold left out.
ALTER TABLE findings ADD COLUMN stood {int} NOT NULL DEFAULT 0;

-- Of those that were fixed on a day: how many had an objective, and how many of these were fixed within it.
ALTER TABLE days ADD COLUMN promised {int} NOT NULL DEFAULT 0;
ALTER TABLE days ADD COLUMN kept {int} NOT NULL DEFAULT 0;

-- What is past its day is read in the order of these days, and counted without a look at the rows.
DROP INDEX findings_due;
CREATE INDEX findings_due ON findings (tenant, status, due, id, severity, asset);

-- Sums from which the security debt of any instant follows: findings and the seconds since 1970 at which they are due, added up. One row
-- a thing, day (days since 1970) and severity; thing 0 is all of them.
CREATE TABLE dues (
  tenant {int} NOT NULL,
  asset {int} NOT NULL,
  day {int} NOT NULL,
  severity {int} NOT NULL,
  -- Open findings that are due on this day.
  open {int} NOT NULL,
  open_due {int} NOT NULL,
  -- Findings due on this day that were past it when they were closed.
  passed {int} NOT NULL,
  passed_due {int} NOT NULL,
  -- Findings that were closed on this day and past theirs.
  ended {int} NOT NULL,
  ended_due {int} NOT NULL,
  PRIMARY KEY (tenant, asset, day, severity)
){keyed};

-- How long it took to fix what was fixed on a day: findings by class, which is the end of an hour or of a day in milliseconds.
CREATE TABLE closings (
  tenant {int} NOT NULL,
  day {int} NOT NULL,
  severity {int} NOT NULL,
  class {int} NOT NULL,
  findings {int} NOT NULL,
  PRIMARY KEY (tenant, day, severity, class)
){keyed};

CREATE INDEX edges_kind ON edges (tenant, kind);

-- What is open now; the history of it comes with the next `ledger rebuild`.
INSERT INTO dues (tenant, asset, day, severity, open, open_due, passed, passed_due, ended, ended_due)
SELECT tenant, asset, due / 86400000, severity, count(*), sum(due / 1000), 0, 0, 0, 0
FROM findings WHERE status = 0 AND due IS NOT NULL GROUP BY tenant, asset, due / 86400000, severity;
INSERT INTO dues (tenant, asset, day, severity, open, open_due, passed, passed_due, ended, ended_due)
SELECT tenant, 0, day, severity, sum(open), sum(open_due), 0, 0, 0, 0 FROM dues GROUP BY tenant, day, severity;
