-- Signing in through another server, and rates that replicas share.

-- The issuer through which somebody signed in; none for those with a password.
ALTER TABLE sessions ADD COLUMN provider {text};

-- People who were sent to sign in elsewhere and are not back yet. What is in here lets nobody in: the code that they bring does.
CREATE TABLE sent_away (
  -- SHA-256 of the state that they bring back.
  state {bytes} PRIMARY KEY,
  -- SHA-256 of the cookie of the browser that was sent.
  browser {bytes} NOT NULL,
  nonce {text} NOT NULL,
  -- What proves to the other server that the code is asked about by whoever asked for it (RFC 7636).
  verifier {text} NOT NULL,
  -- Where to, for those who belong to several tenants.
  tenant {text},
  expires {int} NOT NULL
){rows};

CREATE INDEX sent_away_by_end ON sent_away (expires);

-- Token buckets, a fixed number of them: keys fall into them by a hash that nobody outside knows.
CREATE TABLE rates (
  bucket {int} PRIMARY KEY,
  -- When it is full again, in milliseconds since 1970.
  full_at {int} NOT NULL
){keyed};
