#!/usr/bin/env node
import { main } from '../src/cli/main.js';

// Not awaited: the commands' files share code with this one, which would then wait for them and they for it.
let finished = false;
main(process).finally(() => {
  finished = true;
});
// What an awaited one does by itself: nothing is left to wait for, and yet the work is not done.
process.on('exit', () => {
  if (!finished) process.exitCode ??= 70;
});
