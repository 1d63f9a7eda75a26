import { Agent, get } from 'node:http';

/*
 * What the reports alone take: a loop of node:http that asks for them, eight at a time, and does nothing else.
 * Arguments: base URL, how many.
 */
const [base = '', count = '0'] = process.argv.slice(2);
const AT_A_TIME = 8;
const agent = new Agent({ keepAlive: true, maxSockets: AT_A_TIME });
let asked = 0;

async function askOn(): Promise<void> {
  while (asked < Number(count)) {
    const url = `${base}/reports/${++asked}`;
    await new Promise((resolve, reject) => {
      get(url, { agent }, (response) => response.resume().on('end', resolve).on('error', reject)).on(
        'error',
        reject,
      );
    });
  }
}

await Promise.all(Array.from({ length: AT_A_TIME }, askOn));
agent.destroy();
