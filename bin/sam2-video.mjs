#!/usr/bin/env node
// The command-line program: sets up what is missing on first use, then runs the command line under Node 24.
process.argv.splice(2, 0, 'cli');
process.env.INIT_CWD ??= process.cwd();
await import('../scripts/run.mjs');
