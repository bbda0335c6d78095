// A real server with real evidence: the binary of BARTIZAN_BIN in directories of its own, and a scan of examples/harbour sent to it.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;
// Every BARTIZAN_* variable is a setting to the binary.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BARTIZAN_')));
const bin = process.env.BARTIZAN_BIN ?? join(root, 'target/debug/bartizan');

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** A real server of OpenID Connect, which leads back to this address; scripts/setup.sh installs it. */
async function provider(url, secret) {
  const child = spawn(process.execPath, [join(root, 'crates/server/tests/provider/provider.mjs'), `${url}/api/v1/oidc/callback`, `${url}/`, 'ES256'], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(secret);
  let [said, notes] = ['', ''];
  child.stdout.on('data', (bytes) => (said += bytes));
  child.stderr.on('data', (bytes) => (notes += bytes));
  for (let tries = 0; !said.endsWith('\n'); tries += 1) {
    if (child.exitCode !== null || tries > 100) throw new Error(`the sign-in server did not start; run scripts/setup.sh test: ${notes}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { child, issuer: said.trim() };
}

/** Starts the server, with more options; answers with its address, the one-time link, a token, how to send a scan again, and what ends it. */
export async function start(more = []) {
  const home = mkdtempSync(join(tmpdir(), 'bartizan-console-'));
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const secret = randomBytes(16).toString('hex');
  const other = await provider(url, secret);
  const settings = join(home, 'oidc.toml');
  writeFileSync(settings, `issuer = '${other.issuer}'\nclient-id = 'bartizan'\npublic-url = '${url}'\nname = 'Harbour'\n`);
  const child = spawn(bin, ['serve', '--isolated', '--data-dir', join(home, 'plane'), '--listen', address, '--new-token', 'admin', '--oidc', settings, ...more], { env: { ...env, BARTIZAN_PLANE_OIDC_SECRET: secret } });
  let [token, notes] = ['', ''];
  child.stdout.on('data', (bytes) => (token += bytes));
  child.stderr.on('data', (bytes) => (notes += bytes));
  const stop = () => {
    child.kill('SIGTERM');
    other.child.kill('SIGTERM');
    rmSync(home, { recursive: true, force: true });
  };
  for (let tries = 0; !notes.includes('listening on') || !token.endsWith('\n'); tries += 1) {
    if (child.exitCode !== null || tries > 300) {
      stop();
      throw new Error(`the server did not start: ${notes}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const harbour = join(home, 'harbour');
  execFileSync('python3', ['-I', join(root, 'examples/harbour/plant.py'), '--into', harbour, '--manifest', join(home, 'planted.json'), '--seed', '7'], { stdio: 'ignore' });
  // What is found is outside policy, which the exit code says; whether it arrived is asserted on the screens.
  const scan = (asset = 'repo:example.com/harbour/shop') => {
    try {
      execFileSync(bin, ['scan', '.', '--push', '--asset', asset, '--data-dir', join(home, 'scan')], {
        cwd: harbour,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...env, BARTIZAN_PLANE_URL: url, BARTIZAN_PLANE_TOKEN: token.trim() },
      });
    } catch (error) {
      if (error.status !== 1) {
        stop();
        throw new Error(`the scan did not arrive: ${error.stderr}`);
      }
    }
  };
  scan();
  const access = { ...env, BARTIZAN_PLANE_URL: url, BARTIZAN_PLANE_TOKEN: token.trim() };
  const key = join(home, 'pipeline.key');
  execFileSync(bin, ['sign', '--new-key', key], { stdio: 'ignore', env });
  /** Sends a statement about a thing of its own, signed with the key. */
  const pushSigned = () => {
    const file = join(home, 'statement.json');
    const subject = [{ name: 'host:signed', digest: { sha256: '00' } }];
    writeFileSync(file, JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType: 'https://example.com/x', predicate: {} }));
    execFileSync(bin, ['push', file, '--sign', key, '--data-dir', join(home, 'scan')], { stdio: 'ignore', env: access });
  };
  const publicKey = readFileSync(`${key}.pub`, 'utf8');
  return { url, token: token.trim(), publicKey, pushSigned, link: `${url}/#/setup/${/#\/setup\/(\w+)/.exec(notes)?.[1]}`, issuer: other.issuer, home, harbour, scan, stop };
}
