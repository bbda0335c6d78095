// Walks every screen of the console against a real server: what it says, its keys, axe, both widths, both colours, and the budgets.
// With SHOTS=DIRECTORY it keeps pictures there.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { everyWay as everyWayOf, judge, open, watch } from './browser.mjs';
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
    await everyWay('statement');
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
  async 'evidence lists the ledger, by what is said'() {
    await visit('evidence', 'Evidence');
    await page.getByRole('cell', { name: /test-result/ }).first().waitFor();
    await everyWay('evidence');
    await page.getByLabel('What it says').selectOption('https://bartizan.dev/decision/v1');
    await page.waitForFunction(() => ![...document.querySelectorAll('tbody tr')].some((row) => row.textContent.includes('test-result')));
    assert.match(hash(), /type=/);
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
    await page.getByRole('button', { name: 'Add' }).click();
    await see(/#\/setup\//);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Shut out ada@example.com' }).click();
    await page.getByRole('button', { name: 'Let in ada@example.com' }).waitFor();
    await everyWay('connect');
  },
  async 'the chosen colours hold, and keys lead from screen to screen'() {
    await visit('posture', 'Posture');
    await page.getByLabel('Colours').selectOption('dark');
    await page.reload();
    await heading('Posture');
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    await page.getByLabel('Colours').selectOption('system');
    await page.locator('main').focus();
    for (const [key, title] of [['f', 'Priorities'], ['t', 'Things'], ['e', 'Evidence'], ['w', 'Policy'], ['s', 'Set-up'], ['p', 'Posture']]) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await heading(title);
    }
  },
};

let failed = 0;
try {
  budgets();
  for (const [name, walk] of Object.entries(walks)) {
    errors.length = 0;
    try {
      await walk();
      assert.deepEqual(errors, [], 'errors of the page');
      console.log(`ok    ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${name}\n${error.stack}`);
      if (shots) await page.screenshot({ path: join(shots, `failed-${failed}.png`) });
    }
  }
} finally {
  await context.close();
  server.stop();
}
process.exitCode = failed ? 1 : 0;
