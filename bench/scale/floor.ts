import { writeFileSync } from 'node:fs';

/*
 * FLOOR: what a short script does without pricing anything. Fetches the document, parses it whole, maps it,
 * and writes it whole. Arguments: base URL, output file.
 */
interface Message {
  id: number;
  timestamp: string;
}

const [base = '', output = ''] = process.argv.slice(2);
const response = await fetch(`${base}/messages/current-period`);
const document: { messages: Message[] } = JSON.parse(await response.text());
const usage = document.messages.map(({ id, timestamp }) => ({ message_id: id, timestamp, credits_used: 1 }));
writeFileSync(output, JSON.stringify({ usage }));
