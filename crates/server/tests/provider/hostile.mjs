// A stand-in for an OpenID Connect server that signs whatever it is told to, on the loopback interface. Prints its address when it answers.
//
// POST /say takes what it does from now on:
//   claims    what the token says
//   alg, kid  what its header says
//   signer    who signs: `known` (in the set of keys), `other` (not in it), `public` (HMAC with the public key as its secret), `nobody`
//   keys      which keys are in the set: `known`, `other`
//   userinfo  what it says besides
//   document  what its description says instead of the usual
// GET /told answers how often keys and tokens were asked for, and with what the last token was.
import { createServer } from 'node:http';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const keys = { known: pair(), other: pair() };
const told = { keys: 0, tokens: 0, form: '', authorization: '' };
let say = {};

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token() {
  const head = { alg: say.alg ?? 'RS256', kid: say.kid ?? 'known' };
  const signed = `${encoded(head)}.${encoded(say.claims)}`;
  const tails = {
    known: () => sign('sha256', signed, keys.known.privateKey),
    other: () => sign('sha256', signed, keys.other.privateKey),
    public: () => createHmac('sha256', keys.known.publicKey.export({ type: 'spki', format: 'pem' })).update(signed).digest(),
    nobody: () => Buffer.alloc(0),
  };
  return `${signed}.${tails[say.signer ?? 'known']().toString('base64url')}`;
}

function answer(path, issuer) {
  switch (path) {
    case '/.well-known/openid-configuration':
      return {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: say.userinfo ? `${issuer}/userinfo` : undefined,
        jwks_uri: `${issuer}/keys`,
        ...say.document,
      };
    case '/keys':
      told.keys += 1;
      return {
        keys: (say.keys ?? ['known']).map((kid) => ({ ...keys[kid].publicKey.export({ format: 'jwk' }), kid, use: 'sig' })),
      };
    case '/token':
      told.tokens += 1;
      return { id_token: token(), access_token: 'access', token_type: 'Bearer' };
    case '/userinfo':
      return say.userinfo;
    case '/told':
      return told;
    default:
      return {};
  }
}

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts).toString();
    if (request.url === '/say') say = JSON.parse(body);
    if (request.url === '/token') Object.assign(told, { form: body, authorization: request.headers.authorization ?? '' });
    const text = JSON.stringify(answer(request.url, `http://127.0.0.1:${server.address().port}`));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
