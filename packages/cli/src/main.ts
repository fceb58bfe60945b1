#!/usr/bin/env node
/**
 * The command `securestring`.
 * @module
 */

import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2));
