/*
 * Evaluated before the program, which an older Node would fail in the midst of. The exit status is that of a wrong
 * setting: nothing is wrong with the command or the data, but with what it runs on.
 */
const LEAST = 20;
const { node: version } = process.versions;

if (Number.parseInt(version, 10) < LEAST) {
  const problem = `needs Node ${LEAST} or later, this is ${version}`;
  const asJson = process.argv.some((word) => /^--(format=)?(nd)?json$/.test(word));
  const line = asJson
    ? JSON.stringify({ error: { code: 'old_node', message: problem, exit_code: 78 } })
    : `o-copilot: ${problem}`;
  process.stderr.write(`${line}\n`);
  process.exit(78);
}

export {};
