#!/usr/bin/env node
import { devCommands } from '../dev/cli/commands.ts'
import manifest from '../package.json' with { type: 'json' }
import { runAsProcess, runCommandLine, type Tool } from '../src/cli/command-line.ts'
import { serviceCommands } from '../src/cli/commands.ts'

const landfall: Tool = {
  name: 'landfall',
  version: manifest.version,
  summary: 'Events from Pub/Sub and Eventarc, landed in Spanner.',
  details: `
\`landfall COMMAND --help\` says more. The service itself is started with \`npm start\`;
docs/environment.md lists its settings.
Exit codes: 0 done, 1 failed, 2 usage error.`,
  sections: { 'For a service': serviceCommands, 'To try it and develop with it': devCommands },
  renamed: {
    replay:
      '`landfall replay FILE` is now `landfall import FILE`; ' +
      '`landfall dead-letters replay` replays dead letters'
  }
}

await runAsProcess('landfall', process.env, (around) =>
  runCommandLine(landfall, process.argv.slice(2), around)
)
