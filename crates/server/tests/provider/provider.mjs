// A real OpenID Connect server on the loopback interface: https://github.com/panva/node-oidc-provider. Prints its address when it answers.
//
//   node provider.mjs REDIRECT_URI POST_LOGOUT_URI KIND
//
// The secret of the client comes on standard input. KIND is the algorithm of its key: RS256, ES256 or EdDSA. Whoever signs in types the subject that
// they are. What is known of a subject is told by POST /claims/SUBJECT, and POST /rotate changes the key.
import { createServer } from 'node:http';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Provider from 'oidc-provider';

const [redirect, home, kind] = process.argv.slice(2);
const secret = readFileSync(0, 'utf8').trim();

const KINDS = {
  RS256: ['rsa', { modulusLength: 2048 }],
  ES256: ['ec', { namedCurve: 'P-256' }],
  EdDSA: ['ed25519', {}],
};

function key() {
  const jwk = generateKeyPairSync(...KINDS[kind]).privateKey.export({ format: 'jwk' });
  return { ...jwk, kid: randomUUID(), use: 'sig', alg: kind };
}

const claims = new Map();
let handle = (_request, response) => response.end();
const server = createServer((request, response) => {
  const [, word, subject] = request.url.split('/');
  if (request.method !== 'POST' || !['rotate', 'claims'].includes(word)) {
    handle(request, response);
    return;
  }
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    if (word === 'rotate') serve();
    else claims.set(subject, JSON.parse(Buffer.concat(parts).toString()));
    response.end('{}');
  });
});

server.listen(0, '127.0.0.1', () => {
  serve();
  console.log(`http://127.0.0.1:${server.address().port}`);
});

const stores = new Map();
// Kept when the keys change, so that people who are signed in stay so.
class Memory {
  constructor(name) {
    if (!stores.has(name)) stores.set(name, new Map());
    this.rows = stores.get(name);
  }
  async upsert(id, payload) { this.rows.set(id, payload); }
  async find(id) { return this.rows.get(id); }
  async findByUid(uid) { return [...this.rows.values()].find((row) => row.uid === uid); }
  async findByUserCode() { return undefined; }
  async consume(id) { this.rows.get(id).consumed = Math.floor(Date.now() / 1000); }
  async destroy(id) { this.rows.delete(id); }
  async revokeByGrantId(grant) {
    for (const [id, row] of this.rows) if (row.grantId === grant) this.rows.delete(id);
  }
}

function serve() {
  const provider = new Provider(`http://127.0.0.1:${server.address().port}`, {
    adapter: Memory,
    jwks: { keys: [key()] },
    clients: [{
      client_id: 'bartizan',
      client_secret: secret,
      redirect_uris: [redirect],
      post_logout_redirect_uris: [home],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      id_token_signed_response_alg: kind,
    }],
    cookies: { keys: [randomUUID()] },
    claims: {
      openid: ['sub'],
      profile: ['name'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    scopes: ['openid', 'profile', 'email', 'groups'],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    async findAccount(_context, id) {
      return { accountId: id, claims: async () => ({ sub: id, ...claims.get(id) }) };
    },
  });
  handle = provider.callback();
}
