import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { explainText, formatAmount, RULESETS, textPricer } from '../../src/engine/index.js';

const DIST = dirname(resolve(process.env.TEST_BIN ?? 'dist/o-copilot.js'));
const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const TEXTS = [
  '',
  'racecar',
  'A man, a plan, a canal: Panama',
  'Größe naïve 日本語 \ud800',
  'lease '.repeat(40),
];

test.skipIf(!existsSync(EXECUTABLE))('o-copilot/engine prices in a browser as it does in Node', async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { explainText, formatAmount, RULESETS, textPricer } from ${JSON.stringify(`${DIST}/engine.js`)};
        globalThis.prices = (texts) => RULESETS.map((rules) => texts.map((text) => [
          formatAmount(textPricer(rules)(text)), formatAmount(explainText(text, rules).total)]));`,
      resolveDir: process.cwd(),
    },
    bundle: true,
    platform: 'browser',
    format: 'iife',
    write: false,
    nodePaths: [resolve('node_modules')],
  });
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
    const inBrowser: unknown = await page.evaluate(`prices(${JSON.stringify(TEXTS)})`);
    expect(inBrowser).toEqual(
      RULESETS.map((rules) =>
        TEXTS.map((text) => [
          formatAmount(textPricer(rules)(text)),
          formatAmount(explainText(text, rules).total),
        ]),
      ),
    );
  } finally {
    await browser.close();
  }
});
