// Chromium, with a profile of its own, and what is asked of every page: no axe violation, no breach of the policy for content, nothing wider than the window.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function open(home) {
  return chromium.launchPersistentContext(join(home, 'profile'), {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    viewport: { width: 1280, height: 860 },
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** Errors of a page, gathered as they come. */
export function watch(page) {
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('response', (response) => {
    if (response.status() >= 400 && response.status() !== 401) errors.push(`${response.status()} ${response.request().method()} ${response.url()}`);
  });
  // A request that is answered with 401 before one signs in is no error of the page.
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('401')) errors.push(message.text());
  });
  return errors;
}

export async function judge(page, name) {
  // Evaluated by the debugger, which the policy for content does not bind; a script element would be refused.
  await page.evaluate(`${axe}; undefined`);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const told = violations.map((found) => `${found.id}: ${found.help}\n  ${found.nodes.slice(0, 3).map((node) => `${node.html} ${node.failureSummary}`).join('\n  ')}`);
  assert.equal(told.length, 0, `axe on ${name}:\n${told.join('\n')}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${name} is ${wide} px wider than the window`);
}

/** Looks at where a page is in both widths and both colours; with a directory for pictures it keeps one of each. */
export async function everyWay(page, name, shots) {
  for (const [width, height] of [[1280, 860], [390, 844]]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await judge(page, `${name} at ${width} px, ${colorScheme}`);
      if (shots) await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`) });
    }
  }
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}

/** Walks one after the other; out comes how many failed. With `shots` there is a picture of each failure. */
export async function walkAll(walks, { errors, page, shots }) {
  let failed = 0;
  for (const [name, walk] of walks) {
    errors.length = 0;
    try {
      await walk();
      assert.deepEqual(errors, [], 'errors of the page');
      console.log(`ok    ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${name}\n${error.stack}`);
      if (shots) await page.screenshot({ path: join(shots, `failed-${name.replace(/\W+/g, '-')}.png`) });
    }
  }
  return failed;
}
