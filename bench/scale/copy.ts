import { createWriteStream } from 'node:fs';
import { get } from 'node:http';
import { pipeline } from 'node:stream';

/* A bare copy: the document over HTTP into a file, the same bytes, nothing read. Arguments: base URL, output file. */
const [base = '', output = ''] = process.argv.slice(2);
get(`${base}/messages/current-period`, (response) => {
  pipeline(response, createWriteStream(output), (error) => {
    if (error) throw error;
  });
});
