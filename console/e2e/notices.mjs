// Who else is told, and pages that hear of what is new: against a real server, and a webhook that verifies what it gets.
// With SHOTS=DIRECTORY it keeps pictures there.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { everyWay, open, watch, walkAll } from './browser.mjs';
import { start } from './server.mjs';

const shots = process.env.SHOTS;
if (shots) mkdirSync(shots, { recursive: true });
const PASSWORD = randomBytes(12).toString('hex');

const got = [];
const hook = createServer((request, response) => {
  let body = '';
  request.on('data', (bytes) => (body += bytes));
  request.on('end', () => {
    got.push({ headers: request.headers, body });
    response.writeHead(request.url === '/gone' ? 410 : 204).end();
  });
});
await new Promise((resolve) => hook.listen(0, '127.0.0.1', resolve));
const at = `http://127.0.0.1:${hook.address().port}`;

const server = await start(['--notify-private']);
const context = await open(server.home);
const page = context.pages()[0] ?? (await context.newPage());
page.setDefaultTimeout(15_000);
const errors = watch(page);
const see = async (text) => page.getByText(text).first().waitFor();
const heading = async (name) => page.getByRole('heading', { level: 1, name }).waitFor();
const decide = (decision) =>
  fetch(`${server.url}/api/v1/decisions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(decision),
  });
const ask = async (path) => (await fetch(`${server.url}/api/v1${path}`, { headers: { authorization: `Bearer ${server.token}` } })).json();

const walks = {
  async 'an administrator signs in'() {
    await page.goto(server.link);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByLabel('The same again').fill(PASSWORD);
    await page.getByRole('button').click();
    await heading('Posture');
  },
  async 'a webhook is made, its key is shown once, and a test arrives signed with it'() {
    await page.goto(`${server.url}/#/connect`);
    await see('Nobody else is told.');
    await page.getByRole('button', { name: 'Add a channel…' }).click();
    await everyWay(page, 'channel-new', shots);
    await page.getByLabel('Name', { exact: true }).fill('pager');
    await page.getByLabel('Address', { exact: true }).fill(`${at}/in?key=x`);
    await page.getByRole('button', { name: 'Make the channel' }).click();
    const secret = (await page.locator('[data-signing]').textContent()) ?? '';
    assert.match(secret, /^whsec_/);
    await page.getByRole('button', { name: 'Test pager' }).click();
    await see('The test arrived through pager.');
    assert.equal(got.length, 1);
    const { headers, body } = got[0];
    const signed = createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64');
    assert.equal(headers['webhook-signature'], `v1,${signed}`);
    assert.equal(JSON.parse(body).type, 'test');
    await page.getByRole('button', { name: 'Done' }).click();
    await page.reload();
    await page.getByRole('cell', { name: `${at}/in?…` }).waitFor();
    assert.equal(await page.getByText(secret).count(), 0);
  },
  async 'a channel goes elsewhere in place, with what else it was and the same key'() {
    await page.getByRole('button', { name: 'Change… pager' }).click();
    const form = page.getByRole('form', { name: 'Change pager' });
    await form.getByLabel('Label of the thing').fill('team=harbour, mission=high');
    await form.getByLabel('Messages at most').fill('7');
    await form.getByRole('button', { name: 'Change the channel' }).click();
    // What is secret was left empty, and is what it was.
    await page.getByRole('cell', { name: `${at}/in?…` }).waitFor();
    await page.getByRole('cell', { name: '7 in 60 min' }).waitFor();
    await page.getByRole('cell', { name: 'mission=high, team=harbour' }).waitFor();
    await page.getByRole('button', { name: 'Change… pager' }).click();
    await everyWay(page, 'channel-change', shots);
    await form.getByLabel('Address', { exact: true }).fill(`${at}/elsewhere?key=y`);
    await form.getByLabel('Label of the thing').fill('');
    await form.getByRole('button', { name: 'Change the channel' }).click();
    await page.getByRole('cell', { name: `${at}/elsewhere?…` }).waitFor();
    assert.equal(await page.locator('[data-signing]').count(), 0, 'the key stays');
    const before = got.length;
    await page.getByRole('button', { name: 'Test pager' }).click();
    await see('The test arrived through pager.');
    assert.equal(got.length, before + 1);
    const [channel] = (await ask('/channels')).items;
    assert.deepEqual([channel.pace.messages, channel.filter.labels ?? {}], [7, {}]);
  },
  async 'what was given up says why, and can be tried again'() {
    await page.getByRole('button', { name: 'Add a channel…' }).click();
    await page.getByLabel('Name', { exact: true }).fill('chat');
    await page.getByLabel('Kind').selectOption('slack');
    await page.getByLabel('Address of the incoming webhook').fill(`${at}/gone`);
    await page.getByRole('button', { name: 'Make the channel' }).click();
    await page.getByRole('button', { name: 'Test chat' }).click();
    await see(/The test did not arrive through chat: .*410/);
    await page.getByRole('button', { name: /^Try again: delivery \d+$/ }).waitFor();
    await everyWay(page, 'channels', shots);
    await page.getByRole('button', { name: /^Try again: delivery \d+$/ }).click();
    await page.getByRole('button', { name: 'Remove… chat' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Remove… chat' }).waitFor({ state: 'detached' });
  },
  async 'a page that is open shows what is new and leaves the reader where they are'() {
    await page.goto(`${server.url}/#/priorities`);
    await page.locator('tr[data-fix]').first().waitFor();
    for (let down = 0; down < 12; down += 1) await page.keyboard.press('j');
    await page.keyboard.press('x');
    await see('1 selected');
    const row = page.locator('tr[aria-current="true"]');
    const fix = await row.getAttribute('data-fix');
    const before = await row.boundingBox();
    const { items } = await ask('/fixes?limit=1');
    assert.notEqual(String(items[0].id), fix);
    assert.equal((await decide({ action: 'assign', asset: items[0].asset, remedy: items[0].what, owner: 'grace@example.com' })).status, 201);
    const { items: mine } = await ask('/fixes?limit=500');
    const under = mine.find((one) => String(one.id) === fix);
    assert.equal((await decide({ action: 'assign', asset: under.asset, remedy: under.what, owner: 'lin@example.com' })).status, 201);
    await row.getByRole('cell', { name: 'lin@example.com' }).waitFor();
    assert.equal(await row.getAttribute('data-fix'), fix);
    await see('1 selected');
    const after = await row.boundingBox();
    assert.ok(Math.abs(after.y - before.y) < 30, `the row went from ${before.y} to ${after.y}`);
    await page.keyboard.press('k');
    await page.keyboard.press('j');
    assert.equal(await row.getAttribute('data-fix'), fix);
  },
  async 'posture follows, and others hear of what is critical and new'() {
    await page.goto(`${server.url}/#/posture`);
    await heading('Posture');
    const critical = page.getByRole('row', { name: /critical/ }).getByRole('link').first();
    const before = Number(await critical.textContent());
    // A second thing with the same findings: all of them are new.
    const heard = got.length;
    server.scan('repo:example.com/harbour/second');
    await page.waitForFunction(
      (before) => [...document.querySelectorAll('tr')].some((row) => /critical/.test(row.textContent) && Number(row.querySelector('a')?.textContent) > before),
      before,
    );
    for (let tries = 0; got.length === heard && tries < 100; tries += 1) await new Promise((resolve) => setTimeout(resolve, 100));
    const told = got.slice(heard).map(({ body }) => JSON.parse(body));
    assert.ok(told.some(({ type, data }) => type === 'new-critical' && data.finding.asset === 'repo:example.com/harbour/second'), JSON.stringify(told));
  },
};

let failed = 0;
try {
  failed = await walkAll(Object.entries(walks), { errors, page, shots });
} finally {
  await context.close();
  server.stop();
  hook.close();
}
process.exitCode = failed ? 1 : 0;
