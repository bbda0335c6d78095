// A real server with real evidence: the binary of BARTIZAN_BIN in directories of its own, and a scan of examples/harbour sent to it.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
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

/** Starts the server, with more options; answers with its address, the one-time link, a token, how to send a scan again, and what ends it. */
export async function start(more = []) {
  const home = mkdtempSync(join(tmpdir(), 'bartizan-console-'));
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(bin, ['serve', '--isolated', '--data-dir', join(home, 'plane'), '--listen', address, '--new-token', 'admin', ...more], { env });
  let [token, notes] = ['', ''];
  child.stdout.on('data', (bytes) => (token += bytes));
  child.stderr.on('data', (bytes) => (notes += bytes));
  const stop = () => {
    child.kill('SIGTERM');
    rmSync(home, { recursive: true, force: true });
  };
  for (let tries = 0; !notes.includes('listening on') || !token.endsWith('\n'); tries += 1) {
    if (child.exitCode !== null || tries > 300) {
      stop();
      throw new Error(`the server did not start: ${notes}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const url = `http://${address}`;
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
  return { url, link: `${url}/#/setup/${/#\/setup\/(\w+)/.exec(notes)?.[1]}`, home, harbour, token: token.trim(), scan, stop };
}
