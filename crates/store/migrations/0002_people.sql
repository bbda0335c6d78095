-- Who may do what. Passwords, tokens and links are kept as hashes only.

CREATE TABLE people (
  id {int} PRIMARY KEY,
  -- Unique, lower case: an address of mail, or a name.
  login {text} NOT NULL UNIQUE CHECK (octet_length(login) <= 2000),
  name {text} NOT NULL,
  -- PHC string of argon2id; none for those who sign in elsewhere.
  password {text},
  -- `issuer subject` of OpenID Connect.
  federated {text} UNIQUE CHECK (octet_length(federated) <= 2000),
  created {int} NOT NULL,
  disabled {int}
){rows};

CREATE TABLE memberships (
  tenant {int} NOT NULL REFERENCES tenants (id),
  person {int} NOT NULL REFERENCES people (id),
  -- viewer, developer, responder, admin
  role {text} NOT NULL,
  PRIMARY KEY (tenant, person)
){keyed};

CREATE TABLE tokens (
  -- SHA-256 of the token.
  hash {bytes} PRIMARY KEY,
  id {text} NOT NULL UNIQUE CHECK (octet_length(id) <= 2000),
  tenant {int} NOT NULL REFERENCES tenants (id),
  person {int} NOT NULL REFERENCES people (id),
  name {text} NOT NULL,
  role {text} NOT NULL,
  created {int} NOT NULL,
  expires {int},
  used {int},
  revoked {int}
){rows};

CREATE TABLE sessions (
  -- SHA-256 of the cookie.
  hash {bytes} PRIMARY KEY,
  person {int} NOT NULL REFERENCES people (id),
  tenant {int} NOT NULL REFERENCES tenants (id),
  -- SHA-256 of what a form has to send back.
  csrf {bytes} NOT NULL,
  created {int} NOT NULL,
  used {int} NOT NULL,
  expires {int} NOT NULL
){rows};

-- Links that let somebody in once: to set a password.
CREATE TABLE links (
  -- SHA-256 of what is in the link.
  hash {bytes} PRIMARY KEY,
  person {int} NOT NULL REFERENCES people (id),
  created {int} NOT NULL,
  expires {int} NOT NULL,
  used {int}
){rows};
