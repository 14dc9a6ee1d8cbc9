import type { ICruiseOptions, IForbiddenRuleType } from 'dependency-cruiser'
import { readRooms, roomRules } from '../build/rooms.ts'

const room = (name: string) => `^src/${name}/`
const inside = '^src/'

/** The folders of code, each with its purpose and its imports. */
export const rooms = readRooms()

/** Architecture as rules with a sentence each; boundaries.ts runs them and counts modules. */
export const forbidden: IForbiddenRuleType[] = [
  ...roomRules(rooms),
  {
    name: 'no-circular',
    comment: 'A cycle means two rooms that are really one.',
    severity: 'error',
    from: { path: inside },
    to: { circular: true }
  },
  {
    name: 'every-import-resolves',
    comment: 'A rule about a package does not see an import that was not resolved.',
    severity: 'error',
    from: { path: '^(src|bin|dev|test|bench|build)/' },
    to: { couldNotResolve: true }
  },
  {
    name: 'the-service-needs-no-workshop',
    comment: 'src is what runs in production; dev, bench, build and bin work with it.',
    severity: 'error',
    from: { path: inside },
    to: { path: '^(bench|bin|build|dev|test)/' }
  },
  {
    name: 'a-plan-is-plain-data',
    comment: 'A plan knows tables, values and where the event came from, but no store.',
    severity: 'error',
    from: { path: '^src/plan\\.ts$' },
    to: {
      path: inside,
      pathNot: ['^src/(values/|failures\\.ts|delivery/provenance\\.ts|store/[^/]+\\.ts)']
    }
  },
  {
    name: 'spanner-words-stop-here',
    comment: 'Only store/spanner loads the Spanner client.',
    severity: 'error',
    from: { path: inside, pathNot: room('store/spanner') },
    to: { path: 'node_modules/@google-cloud/spanner' }
  },
  {
    name: 'secrets-are-read-in-one-room',
    comment: 'Only access/ loads the Secret Manager client.',
    severity: 'error',
    from: { path: inside, pathNot: room('access') },
    to: { path: 'node_modules/@google-cloud/secret-manager' }
  },
  {
    name: 'tokens-are-verified-in-one-room',
    comment: 'Only access/ loads jose.',
    severity: 'error',
    from: { path: inside, pathNot: room('access') },
    to: { path: 'node_modules/jose/' }
  },
  {
    name: 'http-words-stop-here',
    comment: 'Only http/ uses Fastify; app.ts and main.ts pass its instance on.',
    severity: 'error',
    from: { path: inside, pathNot: '^src/(http/|app\\.ts|main\\.ts)' },
    to: { path: 'node_modules/fastify/' }
  },
  {
    name: 'production-runs-every-module',
    comment: 'What neither the service nor a command runs belongs into dev, bench or build.',
    severity: 'error',
    from: { path: '^src/(main|cli/commands)\\.ts$' },
    to: {
      path: inside,
      pathNot: '^src/(main\\.ts|cli/commands\\.ts|http/docs/assets/)',
      reachable: false
    }
  },
  {
    name: 'nothing-imports-upward',
    comment: 'main and cli are the top; app is below them, and the edge below app.',
    severity: 'error',
    from: { path: '^src/[^/]+\\.ts$', pathNot: '^src/(main|app)\\.ts$' },
    to: { path: '^src/(main|app|cli/|http/)' }
  },
  {
    name: 'the-parser-of-commands-stops-here',
    comment: 'Commands declare their arguments; only the command line knows the parser.',
    severity: 'error',
    from: { path: '^(src|dev|bin|bench)/', pathNot: '^src/cli/command-line\\.ts$' },
    to: { path: 'node_modules/commander/' }
  },
  {
    name: 'what-few-need-is-loaded-when-needed',
    comment:
      'Startup time: clients and exporters that a configuration does not use are not loaded.',
    severity: 'error',
    from: { path: inside },
    to: {
      path: '^src/(store/spanner/open-spanner-store|access/(secret-manager-secret|oidc-token)|telemetry/(start-otlp|pretty))\\.ts$',
      dynamic: false,
      dependencyTypesNot: ['type-only']
    }
  },
  {
    name: 'cloudevents-is-for-senders-and-types',
    comment: 'The cloudevents package invents ids and times when it parses.',
    severity: 'error',
    from: { path: inside },
    to: { path: 'node_modules/cloudevents', dependencyTypesNot: ['type-only'] }
  },
  {
    name: 'every-module-is-tested',
    comment: 'Coverage hides files that no test loads.',
    severity: 'error',
    from: { path: '^test/.*\\.test\\.ts$' },
    to: {
      path: '^(src|dev)/',
      pathNot: '^(src/main\\.ts|dev/spanner-model/main\\.ts|src/http/docs/assets/)',
      reachable: false
    }
  }
]

export const options: ICruiseOptions = {
  doNotFollow: { path: 'node_modules' },
  tsPreCompilationDeps: true,
  enhancedResolveOptions: {
    extensions: ['.ts', '.js'],
    exportsFields: ['exports'],
    conditionNames: ['import', 'node', 'default']
  }
}
