// How fast the console is with many rows: node e2e/measure.mjs LINK. Out: one object of JSON, all times in milliseconds.
//
// `firstTable`: from the start of the navigation, with an empty cache, to the frame that has the first row of Priorities in it. `frames`: the
// times between frames while the list is scrolled by one screen a frame, from the first row to the last.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open, watch } from './browser.mjs';

const link = process.argv[2] ?? '';
const LOADS = 15;
const home = mkdtempSync(join(tmpdir(), 'bartizan-measure-'));
const context = await open(home);
try {
  const page = context.pages()[0] ?? (await context.newPage());
  const errors = watch(page);
  await page.goto(link);
  const password = `${['correct', 'horse', 'battery'].join(' ')}`;
  await page.getByLabel('Password').fill(password);
  await page.getByLabel('The same again').fill(password);
  await page.getByRole('button').click();
  await page.getByRole('heading', { name: 'Posture', level: 1 }).waitFor();
  const url = new URL(link).origin;

  // Seen by the page itself, so that what the measuring costs is not in it.
  await page.addInitScript(() => {
    const seen = new MutationObserver(() => {
      if (!document.querySelector('tr[data-fix]')) return;
      seen.disconnect();
      requestAnimationFrame(() => (globalThis.firstTable = performance.now()));
    });
    seen.observe(document, { childList: true, subtree: true });
  });
  const network = await context.newCDPSession(page);
  const firstTable = [];
  for (let load = 0; load < LOADS; load += 1) {
    await page.goto('about:blank');
    await network.send('Network.clearBrowserCache');
    await page.goto(`${url}/#/priorities`);
    await page.waitForFunction(() => globalThis.firstTable > 0);
    firstTable.push(await page.evaluate(() => globalThis.firstTable));
  }
  const status = page.getByRole('status').filter({ hasText: /fixes/ });
  await status.filter({ hasNotText: 'Loading' }).waitFor({ timeout: 120_000 });
  const rows = Number((/([\d,.\s]+) fixes/.exec((await status.textContent()) ?? '')?.[1] ?? '').replace(/\D/g, ''));
  const frames = await page.evaluate(async () => {
    const took = [];
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    let last = await frame();
    let [before, still] = [-1, 0];
    while (still < 3) {
      scrollBy(0, innerHeight);
      const now = await frame();
      took.push(now - last);
      last = now;
      still = scrollY === before ? still + 1 : 0;
      before = scrollY;
    }
    return took;
  });
  const lastRow = await page.evaluate(() => Math.max(...[...document.querySelectorAll('tr[data-fix]')].map((row) => Number(row.getAttribute('aria-rowindex')))));
  const inPage = await page.locator('tr[data-fix]').count();
  if (errors.length) throw new Error(errors.join('\n'));
  process.stdout.write(`${JSON.stringify({ rows, lastRow, inPage, firstTable, frames })}\n`);
} finally {
  await context.close();
  rmSync(home, { recursive: true, force: true });
}
