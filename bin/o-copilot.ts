#!/usr/bin/env node
import './node-version.js';
import { main } from '../src/cli/main.js';

// Not awaited: the commands' files share code with this one, which would then wait for them and they for it.
main(process);
