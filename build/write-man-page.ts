import { writeManPage } from './man.js';

// A step of its own after the build: it loads the program, which the build has to make whole first.
await writeManPage();
