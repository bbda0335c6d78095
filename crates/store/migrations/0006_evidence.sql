-- Whose signatures are believed, what must be kept, and what was taken away. Made from the ledger, as the rest of the graph is.

CREATE TABLE trusted_keys (
  tenant {int} NOT NULL,
  -- SHA-256 of the public key information.
  key {bytes} NOT NULL,
  -- The statement that trusts it, the last one where several do.
  seq {int} NOT NULL,
  name {text} NOT NULL,
  pem {text} NOT NULL,
  -- JSON lists of texts; empty for all.
  predicates {text} NOT NULL,
  subjects {text} NOT NULL,
  valid_from {int},
  valid_until {int},
  by_whom {text} NOT NULL,
  created {int} NOT NULL,
  revoked {int},
  revoked_by {text},
  revoked_because {text},
  PRIMARY KEY (tenant, key)
){keyed};
CREATE INDEX trusted_keys_seq ON trusted_keys (tenant, seq);

CREATE TABLE holds (
  tenant {int} NOT NULL,
  -- The statement that lays it.
  seq {int} NOT NULL,
  -- What is held; everything where there is none.
  statement {int},
  reason {text} NOT NULL,
  by_whom {text} NOT NULL,
  created {int} NOT NULL,
  ended {int},
  PRIMARY KEY (tenant, seq)
){keyed};

CREATE TABLE tombstones (
  tenant {int} NOT NULL,
  -- What was taken away.
  statement {int} NOT NULL,
  -- The statement that says so.
  seq {int} NOT NULL,
  reason {text} NOT NULL,
  by_whom {text} NOT NULL,
  at {int} NOT NULL,
  PRIMARY KEY (tenant, statement)
){keyed};
