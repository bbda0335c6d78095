-- What the first page asks for, counted as it changes.

-- Verdict of the last scan; empty where there was none.
ALTER TABLE scopes ADD COLUMN verdict {text} NOT NULL DEFAULT '';
UPDATE scopes SET verdict = COALESCE(
  (SELECT s.verdict FROM scans s WHERE s.tenant = scopes.tenant AND s.seq = scopes.last_seq), '');
CREATE INDEX scopes_verdict ON scopes (tenant, verdict, last_seq);

CREATE INDEX check_runs_status ON check_runs (tenant, status, scope, name);

-- Open findings, counted.
CREATE TABLE open_counts (
  tenant {int} NOT NULL,
  decision {int} NOT NULL,
  severity {int} NOT NULL,
  findings {int} NOT NULL,
  PRIMARY KEY (tenant, decision, severity)
){keyed};
INSERT INTO open_counts (tenant, decision, severity, findings)
  SELECT tenant, decision, severity, CAST(sum(findings) AS BIGINT) FROM remedy_counts GROUP BY tenant, decision, severity;
