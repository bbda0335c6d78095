// Walks every screen of the console against a real server: what it says, its keys, axe, both widths, both colours, and the budgets.
// With SHOTS=DIRECTORY it keeps pictures there.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { everyWay as everyWayOf, judge, open, watch, walkAll } from './browser.mjs';
import { start } from './server.mjs';

const shots = process.env.SHOTS;
if (shots) mkdirSync(shots, { recursive: true });
const PASSWORD = randomBytes(12).toString('hex');
const ASSET = 'repo:example.com/harbour/shop';

function budgets() {
  const dist = new URL('../dist/', import.meta.url).pathname;
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const size = (path) => gzipSync(readFileSync(join(dist, path)), { level: 9 }).length;
  const shell = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].reduce((sum, [, path]) => sum + size(path), size('index.html'));
  assert.ok(shell <= 60_000, `the shell is ${shell} bytes`);
  assert.ok(!/<script(?![^>]*src=)|<style|style=/.test(html), 'the page has something inline');
  let largest = ['', 0];
  for (const name of readdirSync(join(dist, 'assets'))) {
    if (name.endsWith('.gz')) continue;
    const bytes = size(`assets/${name}`);
    assert.ok(bytes <= 60_000, `${name} is ${bytes} bytes`);
    if (bytes > largest[1] && !html.includes(name)) largest = [name, bytes];
  }
  console.log(`shell ${shell} bytes gzip, largest lazy chunk ${largest[0]} ${largest[1]} bytes gzip`);
}

const server = await start();
const context = await open(server.home);
const page = context.pages()[0] ?? (await context.newPage());
page.setDefaultTimeout(10_000);
const errors = watch(page);
const see = async (text) => page.getByText(text).first().waitFor();
const heading = async (name) => page.getByRole('heading', { level: 1, name }).waitFor();
const hash = () => new URL(page.url()).hash;

/** Looks at where we are in both widths and both colours. */
const everyWay = (name) => everyWayOf(page, name, shots);
/** How many fixes Priorities says there are; only those in sight are in the page. */
async function fixes() {
  const text = await page.getByRole('status').filter({ hasText: /\d+ fixes/ }).textContent();
  return Number(/(\d+) fixes/.exec(text ?? '')?.[1]);
}
async function visit(path, title) {
  await page.goto(`${server.url}/#/${path}`);
  await heading(title);
}

/** Asks the server as the program that sends evidence does. */
const asked = (path, body) => fetch(server.url + path, { method: body ? 'POST' : 'GET', headers: { authorization: `Bearer ${server.token}` }, body: body && JSON.stringify(body) });

/** The walks whose names have this in them; all where nothing is said. */
const ONLY = process.env.ONLY ?? '';

const walks = {
  async 'a link sets a password once, and one signs in with it'() {
    await page.goto(server.link);
    await heading('Set your password');
    await everyWay('set-up-link');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByLabel('The same again').fill('something else');
    await page.getByRole('button').click();
    await see('The two passwords differ.');
    await page.getByLabel('The same again').fill(PASSWORD);
    await page.getByRole('button').click();
    await heading('Posture');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading('Sign in to Bartizan');
    await everyWay('sign-in');
    await page.getByLabel('Login').fill('admin');
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button').click();
    await see('do not belong together');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button').click();
    await heading('Posture');
  },
  async 'posture says the verdict, what it lacks, and how it came to this'() {
    await visit('posture', 'Posture');
    await see('We are outside policy.');
    await see('no advisory index');
    await see(ASSET);
    await page.getByText('The same as a table').click();
    assert.ok((await page.locator('details table tbody tr').count()) >= 1);
    await page.getByText('The same as a table').click();
    await everyWay('posture');
    const critical = page.getByRole('row', { name: /critical/ }).getByRole('link').first();
    const number = Number(await critical.textContent());
    assert.ok(number > 0);
    await critical.click();
    await heading('Priorities');
    assert.equal(hash(), '#/priorities?severity=critical');
  },
  async 'priorities are walked with keys, and the address keeps where one is'() {
    await visit('priorities', 'Priorities');
    const rows = page.locator('tr[data-fix]');
    await rows.first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    assert.equal(await rows.nth(1).getAttribute('aria-current'), 'true');
    const id = await rows.nth(1).getAttribute('data-fix');
    assert.equal(hash(), `#/priorities?at=${id}`);
    await page.keyboard.press('e');
    await page.locator(`tr[data-of="${id}"] a`).first().waitFor();
    await everyWay('priorities');
    await page.keyboard.press('x');
    await see('1 selected');
    await page.keyboard.press('a');
    await see('1 fix assigned to admin');
    assert.match((await rows.nth(1).textContent()) ?? '', /admin/);
    await page.keyboard.press('/');
    await page.keyboard.type('stripe');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => location.hash.includes('q=stripe'));
    const found = await rows.allTextContents();
    assert.ok(found.length > 0 && found.every((text) => /stripe/i.test(text)));
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await judge(page, 'help');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Why it ranks here' }).waitFor();
    await page.goBack();
    await heading('Priorities');
    assert.match(hash(), /q=stripe/);
  },
  async 'fixes are waived together, and a waiver ends'() {
    await visit('priorities', 'Priorities');
    const rows = page.locator('tr[data-fix]');
    await rows.first().waitFor();
    const before = await fixes();
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('w');
    await page.getByRole('dialog').waitFor();
    await judge(page, 'waive');
    await page.getByLabel('Why is this borne with?').fill('A stand-in that opens nothing');
    await page.getByRole('dialog').getByRole('button', { name: 'Waive' }).click();
    await see(/findings? waived/);
    await see(`${before - 2} fixes`);
    await visit('policy', 'Policy');
    await see('A stand-in that opens nothing');
    await everyWay('policy');
    const ends = page.getByRole('button', { name: /End the waiver/ });
    const waived = await ends.count();
    await ends.first().click();
    await page.getByLabel('Why?').fill('It opens something');
    await page.getByRole('dialog').getByRole('button', { name: 'End the waiver' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.waitForFunction((count) => document.querySelectorAll('td button').length === count - 1, waived);
  },
  async 'a finding tells its story down to the statement'() {
    await visit('priorities', 'Priorities');
    await page.locator('tr[data-fix]').first().waitFor();
    await page.keyboard.press('o');
    await page.getByRole('heading', { name: 'Why it ranks here' }).waitFor();
    await see('of severity critical');
    assert.ok((await page.locator('mark').count()) > 0);
    await everyWay('finding');
    await page.getByRole('link', { name: /^statement \d+$/ }).first().click();
    await heading(/Statement \d+/);
    await see('sha256:');
    await see('sender signed in');
    await everyWay('statement');
  },
  async 'remediation says what is open against its objective, and what is owed'() {
    await visit('remediation', 'Remediation');
    const critical = page.locator('table[data-objectives] tbody tr').first();
    await critical.waitFor();
    const cells = await critical.locator('td').allTextContents();
    assert.equal(cells[0], '24 hours');
    assert.ok(Number(cells[1]) > 0, 'open');
    assert.equal(cells[2], '0');
    assert.match((await page.locator('[data-formula]').textContent()) ?? '', /weight of the severity/);
    assert.equal(await page.locator('[data-debt]').textContent(), '0');
    await page.getByText('The same as a table').click();
    assert.ok((await page.locator('details table tbody tr').count()) >= 1);
    await page.getByText('The same as a table').click();
    await page.locator('section[aria-labelledby="who"] select').selectOption('asset');
    await page.getByRole('rowheader', { name: ASSET }).waitFor();
    assert.equal(hash(), '#/remediation?by=asset');
    await everyWay('remediation');
  },
  async 'the journey is counted from evidence'() {
    await visit('journey', 'Journey');
    await page.locator('[data-stage="5"]').waitFor();
    await see('The first stage is not reached yet.');
    await page.locator('[data-stage="1"] li.met').filter({ hasText: 'Source code was scanned' }).waitFor();
    await page.locator('[data-stage="1"] li.unmet').filter({ hasText: 'No leaked credential' }).waitFor();
    await page.locator('[data-stage="4"] li.no-evidence').first().waitFor();
    assert.equal(await page.locator('li.no-evidence.met').count(), 0);
    await everyWay('journey');
  },
  async 'things say how they were looked at'() {
    await visit('things', 'Things');
    await everyWay('things');
    await page.getByRole('link', { name: ASSET }).click();
    await heading(ASSET);
    await page.getByRole('button', { name: 'Assign to me' }).click();
    await page.getByRole('button', { name: 'Assign to me' }).waitFor({ state: 'detached' });
    await everyWay('thing');
  },
  async 'questions are asked, and each answer has an address'() {
    await visit('ask', 'Ask');
    await page.getByLabel('Which').fill('@types/node');
    await page.getByRole('button', { name: 'Who ships it?' }).click();
    await page.waitForFunction(() => location.hash.includes('of='));
    await page.getByRole('status').filter({ hasText: /\d+ thing/ }).waitFor();
    const packages = await (await asked('/api/v1/assets?kind=repo')).json();
    const bills = await (await asked(`/api/v1/assets/${packages.items[0].id}/bills`)).json();
    assert.ok(bills.items.length > 0, 'the scan has a bill of materials');
    await visit('ask/ships?by=license&of=MIT', 'Ask');
    await page.getByRole('status').filter({ hasText: /\d+ thing/ }).waitFor();
    await everyWay('ask-ships');
    await visit('ask/gaps', 'Ask');
    await page.getByRole('link', { name: 'An owner' }).click();
    await page.waitForFunction(() => location.hash.includes('lacks=owner'));
    await everyWay('ask-gaps');
    await visit('ask/best', 'Ask');
    await page.getByRole('button', { name: 'Where?' }).first().click();
    await see(ASSET);
    await everyWay('ask-best');
    await visit('ask/changed', 'Ask');
    await page.getByLabel('Thing').selectOption({ label: ASSET });
    await page.getByLabel('From build').selectOption({ index: 1 });
    await page.getByLabel('To build').selectOption({ index: 1 });
    await see('The components are the same.');
    await everyWay('ask-changed');
  },
  async 'trouble spreads along edges, and paths lead to the data until an edge is cut'() {
    await visit('paths', 'Attack paths');
    await see('No path is known');
    await judge(page, 'no paths');
    const links = [
      ['workload:harbour/shop/web', 'exposes', 'endpoint:https://shop.example'], ['workload:harbour/shop/api', 'exposes', 'endpoint:https://shop.example/api'],
      ['workload:harbour/shop/web', 'built_from', ASSET], ['workload:harbour/shop/web', 'reaches', 'workload:harbour/shop/api'],
      ['workload:harbour/shop/api', 'assumes', 'identity:spiffe://harbour/api'], ['identity:spiffe://harbour/api', 'reaches', 'workload:harbour/shop/orders'],
      ['workload:harbour/shop/api', 'runs_on', 'host:one'], ['workload:harbour/shop/web', 'runs_on', 'host:one'],
    ].map(([source, kind, target]) => ({ source, kind, target }));
    const subject = [{ name: 'links', digest: { sha256: '0'.repeat(64) } }];
    const sent = { _type: 'https://in-toto.io/Statement/v1', subject, predicateType: 'https://bartizan.dev/links/v1', predicate: links };
    assert.equal((await asked('/api/v1/statements', sent)).status, 201);
    const label = { action: 'label', asset: 'workload:harbour/shop/orders', labels: { data: 'orders', mission: 'high' } };
    assert.equal((await asked('/api/v1/decisions', label)).status, 201);
    await visit('ask/blast?by=host&of=one', 'Ask');
    await see(/among all of these holds data/);
    await everyWay('ask-blast');
    await page.goto(`${server.url}/#/paths`);
    await heading('Attack paths');
    await page.locator('svg a', { hasText: 'worth getting to' }).waitFor();
    await page.getByText('The same as a table').click();
    assert.ok((await page.locator('details table tbody tr').count()) >= 4);
    await page.getByText('The same as a table').click();
    await everyWay('attack-paths');
    for (;;) {
      const cut = page.getByRole('button', { name: /^It was cut: / }).first();
      await cut.click();
      await judge(page, 'cut');
      await page.getByRole('dialog').getByRole('button', { name: 'It was cut' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      const { targets_reached: left } = await (await asked('/api/v1/attack-paths')).json();
      if (left === 0) break;
    }
    await see('No path is known');
  },
  async 'evidence lists the ledger, by what is said'() {
    await visit('evidence', 'Evidence');
    await page.getByRole('cell', { name: /test-result/ }).first().waitFor();
    await see(/bartizan ledger verify --server --key bartizan\//);
    await everyWay('evidence');
    await page.getByLabel('What it says').selectOption('https://bartizan.dev/decision/v1');
    await page.waitForFunction(() => ![...document.querySelectorAll('tbody tr')].some((row) => row.textContent.includes('test-result')));
    assert.match(hash(), /type=/);
  },
  async 'controls rest on evidence, and people vouch for the rest'() {
    await visit('compliance', 'Compliance');
    await page.getByRole('link', { name: /800-53/ }).first().waitFor();
    await everyWay('compliance');
    await visit('compliance/nist:moderate', /moderate/i);
    const rows = page.locator('tr[data-control]');
    await rows.first().waitFor();
    assert.equal(await rows.count(), 287);
    await page.keyboard.press('j');
    assert.match(hash(), /at=AC-/);
    await everyWay('framework');
    await page.keyboard.press('f');
    assert.match(hash(), /gaps=yes/);
    await page.getByLabel('State').selectOption('not-satisfied');
    await page.waitForFunction(() => {
      const rows = [...document.querySelectorAll('tr[data-control]')];
      return rows.length > 0 && rows.every((row) => row.textContent.includes('not satisfied'));
    });
    const asked = page.waitForEvent('download');
    await page.getByRole('link', { name: 'OSCAL assessment results' }).click();
    const download = await asked;
    assert.match(download.suggestedFilename(), /^nist-moderate-.*\.oscal\.json$/);
    const results = JSON.parse(readFileSync(await download.path(), 'utf8'))['assessment-results'].results;
    assert.equal(results[0].findings.length, 287);
    await visit('compliance/nist/IA-5(7)', /IA-5\(7\)/);
    await page.locator('section[data-test="no-credentials-in-repositories"]').getByRole('link').first().waitFor();
    await see('not satisfied');
    await everyWay('control');
    await page.locator('section[data-test="no-credentials-in-repositories"]').getByRole('link', { name: /^statement \d+$/ }).first().waitFor();
    await visit('compliance/nist/AC-1', /AC-1/);
    await see('No test bears on it');
    await page.keyboard.press('a');
    await page.getByRole('dialog').waitFor();
    await judge(page, 'attest');
    await page.getByLabel('What do you vouch for?').fill('Reviewed each quarter');
    await page.getByRole('dialog').getByRole('button', { name: 'Attest' }).click();
    await page.locator('[data-state="holds"]').waitFor();
    // Attested, and for all that not passed.
    assert.equal(await page.locator('.state.satisfied').count(), 0);
    await page.getByRole('button', { name: /Withdraw the attestation/ }).click();
    await page.getByLabel('Why?').fill('Nobody did');
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
    await page.locator('[data-state="withdrawn"]').waitFor();
    await page.keyboard.press('u');
    await page.waitForFunction(() => location.hash.startsWith('#/compliance/nist'));
  },
  async 'tokens are shown once, and people are let in and shut out'() {
    await visit('connect', 'Set-up');
    await page.getByLabel('What the token is for').fill('pipeline');
    await page.getByRole('button', { name: 'Make a token' }).click();
    const secret = (await page.locator('[data-secret]').textContent()) ?? '';
    const asked = (token) => fetch(`${server.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await (await asked(secret)).json()).role, 'developer');
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Revoke pipeline' }).click();
    await see(/^revoked/);
    assert.equal((await asked(secret)).status, 401);
    await page.getByLabel('Login of the person').fill('ada@example.com');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await see(/#\/setup\//);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Shut out ada@example.com' }).click();
    await page.getByRole('button', { name: 'Let in ada@example.com' }).waitFor();
    await everyWay('connect');
  },
  async 'what a registered key has signed says so, until it is revoked and after'() {
    await visit('connect', 'Set-up');
    await page.getByText('Register a key').click();
    await page.getByLabel('What it is called').fill('the pipeline');
    await page.getByLabel('Public key, in PEM').fill('nonsense');
    await page.getByRole('button', { name: 'Register the key' }).click();
    await see(/cannot be trusted/);
    // The browser says of every refusal that it is one.
    errors.length = 0;
    await page.getByLabel('Public key, in PEM').fill(server.publicKey);
    await page.getByRole('button', { name: 'Register the key' }).click();
    await page.getByRole('cell', { name: 'the pipeline', exact: true }).waitFor();
    await everyWay('keys');
    server.pushSigned();
    await visit('evidence', 'Evidence');
    await page.getByRole('cell', { name: 'signed by the pipeline', exact: true }).first().waitFor();
    await visit('connect', 'Set-up');
    await page.getByRole('button', { name: 'Revoke the key the pipeline' }).click();
    await page.getByLabel('Why?').fill('It leaked');
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke the key' }).click();
    await see(/^revoked .* It leaked$/);
    await visit('evidence', 'Evidence');
    const row = page.getByRole('row').filter({ hasText: 'signed by the pipeline, revoked' });
    await row.getByRole('link').first().click();
    await heading(/Statement \d+/);
    await page.getByRole('button', { name: 'Hold it…' }).click();
    await page.getByLabel('Why?').fill('Lawsuit 12/27');
    await page.getByRole('dialog').getByRole('button', { name: 'Lay the hold' }).click();
    await page.getByRole('cell', { name: 'Lawsuit 12/27' }).waitFor();
    await everyWay('held');
    await page.getByRole('button', { name: 'Take it away…' }).click();
    await page.getByLabel('Why?').fill('Nobody needs it');
    await page.getByRole('dialog').getByRole('button', { name: 'Take it away' }).click();
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    // What is held is refused, and the browser says that it was.
    errors.length = 0;
    await page.getByRole('button', { name: /^End the hold of statement \d+$/ }).click();
    await page.getByLabel('Why?').fill('Settled');
    await page.getByRole('dialog').getByRole('button', { name: 'End the hold' }).click();
    await page.getByRole('button', { name: 'Hold it…' }).waitFor();
    await page.getByRole('button', { name: 'Take it away…' }).click();
    await page.getByLabel('Why?').fill('Nobody needs it');
    await page.getByRole('dialog').getByRole('button', { name: 'Take it away' }).click();
    await see(/It was taken away by admin/);
    await everyWay('taken-away');
  },
  async 'how long bodies are kept is decided, and everything can be held'() {
    await visit('evidence', 'Evidence');
    await page.getByRole('button', { name: 'How long everything is kept…' }).click();
    await page.getByLabel('Days everything is kept').fill('400');
    // Nobody decided it yet, and the browser says that it was not found.
    errors.length = 0;
    await page.getByRole('button', { name: 'Another type…' }).click();
    await page.getByRole('textbox', { name: 'Type 1' }).fill('https://cyclonedx.org/bom');
    await page.getByLabel('Days', { exact: true }).fill('90');
    await everyWay('retention');
    await page.getByRole('button', { name: 'Decide' }).click();
    await see('It holds from now on');
    const { value } = await (await asked('/api/v1/policies/retention')).json();
    assert.deepEqual(JSON.parse(value), { days: 400, predicates: { 'https://cyclonedx.org/bom': 90 } });
    await page.getByRole('button', { name: 'How long everything is kept…' }).click();
    assert.equal(await page.getByRole('textbox', { name: 'Type 1' }).inputValue(), 'https://cyclonedx.org/bom');
    // Somebody else is faster.
    await asked('/api/v1/decisions', { action: 'policy', name: 'retention', value: '{"days":500}' });
    await page.getByLabel('Days everything is kept').fill('300');
    await page.getByRole('button', { name: 'Decide' }).click();
    await see('this part of the policy is not what you saw');
    errors.length = 0;
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'How long everything is kept…' }).click();
    await page.waitForFunction(() => document.querySelector('form input[type=number]')?.value === '500');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Hold every statement…' }).click();
    await page.getByLabel('Why?').fill('Audit');
    await page.getByRole('dialog').getByRole('button', { name: 'Lay the hold' }).click();
    await page.getByRole('cell', { name: 'every statement' }).waitFor();
    await everyWay('holds');
  },
  async 'somebody who was added signs in and out through another server, and nobody else'() {
    await visit('connect', 'Set-up');
    await page.getByLabel('Login of the person').fill('bob@example.com');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await see(/#\/setup\//);
    await page.getByRole('button', { name: 'Sign out' }).click();
    const said = { email: 'bob@example.com', email_verified: true, name: 'Bob' };
    await fetch(`${server.issuer}/claims/bob`, { method: 'POST', body: JSON.stringify(said) });
    const arrive = async (subject) => {
      await page.getByRole('link', { name: 'Sign in with Harbour' }).click();
      await page.locator('input[name=login]').fill(subject);
      await page.locator('input[name=password]').fill('x');
      await page.locator('button[type=submit]').click();
      await page.getByRole('heading', { name: 'Authorize' }).waitFor();
      await page.locator('button[type=submit]').click();
    };
    await arrive('bob');
    await heading('Posture');
    await page.getByRole('link', { name: /bob@example.com/ }).click();
    await see('you sign in through another server');
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('button', { name: /Yes, sign me out/ }).click();
    await heading('Sign in to Bartizan');
    await arrive('stranger');
    await see('nobody has let you in here');
    assert.equal(hash(), '#/sign-in/not-admitted');
    // The pages of the other server are not ours.
    errors.length = 0;
    await everyWay('sign-in-refused');
    await page.getByLabel('Login').fill('admin');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await heading('Posture');
  },
  async 'one changes the password, and signs out everywhere'() {
    await visit('account', 'Account');
    await page.getByRole('cell', { name: 'you are here' }).waitFor();
    await everyWay('account');
    await page.getByLabel('Current password').fill(PASSWORD);
    await page.getByLabel(/^New password/).fill('something else');
    await page.getByLabel('The new one again').fill('something different');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await see('The two new passwords differ.');
    await page.getByLabel('The new one again').fill('something else');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await see('The password is changed.');
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await heading('Sign in to Bartizan');
    await page.getByLabel('Login').fill('admin');
    await page.getByLabel('Password').fill('something else');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await heading('Account');
  },
  async 'the chosen colours hold, and keys lead from screen to screen'() {
    await visit('posture', 'Posture');
    await page.getByLabel('Colours').selectOption('dark');
    await page.reload();
    await heading('Posture');
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    await page.getByLabel('Colours').selectOption('system');
    await page.locator('main').focus();
    for (const [key, title] of [['f', 'Priorities'], ['r', 'Remediation'], ['a', 'Attack paths'], ['q', 'Ask'], ['t', 'Things'], ['e', 'Evidence'], ['w', 'Policy'], ['c', 'Compliance'], ['j', 'Journey'], ['s', 'Set-up'], ['p', 'Posture']]) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await heading(title);
    }
  },
};

let failed = 0;
try {
  budgets();
  failed = await walkAll(Object.entries(walks).filter(([name], at) => at === 0 || name.includes(ONLY)), { errors, page, shots });
} finally {
  await context.close();
  server.stop();
}
process.exitCode = failed ? 1 : 0;
