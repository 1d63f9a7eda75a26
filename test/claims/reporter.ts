import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import { CLAIM_LISTS, type Claim, readClaims } from './claims.js';

/** What the tests of a run say of one claim. */
type Standing = 'shown' | 'not applicable' | 'failed' | 'open: skipped' | 'open: known' | 'open: no test';

/**
 * Says at the end of a run which claims its tests showed. A claim counts only if a test that names it ran and passed
 * and none of them failed; where all were skipped it is open. A whole run in which a claim has no test fails.
 */
export function reportClaims(): Reporter {
  let whole = false;
  return {
    onInit(vitest: Vitest) {
      whole =
        vitest.config.testNamePattern === undefined &&
        process.argv.every((word) => !/\.test|^test\//.test(word));
    },
    onTestRunEnd(modules) {
      const tests = modules.flatMap((module) =>
        [...module.children.allTests()].map((test) => outcomeOf(module, test)),
      );
      for (const list of CLAIM_LISTS) {
        const claims = readClaims(list).map((claim) => {
          const own = tests.filter(({ file, title }) => claim.matches(file, title));
          return { claim, standing: standingOf(claim, own) };
        });
        const withStanding = (wanted: Standing) =>
          claims.filter(({ standing }) => standing === wanted).map(({ claim }) => claim.id);
        const untested = withStanding('open: no test');
        if (whole) {
          const skipped = withStanding('open: skipped');
          const parts = [
            `${claims.length} ${list}: ${withStanding('shown').length} shown`,
            `${withStanding('not applicable').length} not applicable`,
            ...named('failed', withStanding('failed')),
            ...named('open, since their tests were skipped', skipped),
            ...named('open, for the reason in the list', withStanding('open: known')),
            ...named('open, since no test names them', untested),
          ];
          process.stdout.write(`${parts.join('; ')}\n`);
          if (untested.length > 0) process.exitCode = 1;
        }
      }
    },
  };
}

interface Outcome {
  readonly file: string;
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped' | 'pending';
}

function outcomeOf(module: TestModule, test: TestCase): Outcome {
  return { file: relative(process.cwd(), module.moduleId), title: test.fullName, state: test.result().state };
}

function standingOf({ notApplicable, open }: Claim, tests: readonly Outcome[]): Standing {
  if (tests.some(({ state }) => state === 'failed')) return 'failed';
  if (tests.some(({ state }) => state === 'passed')) return 'shown';
  if (notApplicable !== undefined) return 'not applicable';
  if (tests.length > 0) return 'open: skipped';
  return open === undefined ? 'open: no test' : 'open: known';
}

function named(what: string, ids: readonly string[]): string[] {
  return ids.length === 0 ? [] : [`${ids.length} ${what}: ${ids.join(', ')}`];
}
