import type { ICruiseOptions, IForbiddenRuleType } from 'dependency-cruiser'

const room = (name: string) => `^src/${name}/`
const inside = '^src/'

/** Architecture as rules with a sentence each; boundaries.ts runs them and counts modules. */
export const forbidden: IForbiddenRuleType[] = [
  {
    name: 'no-circular',
    comment: 'A cycle means two rooms that are really one.',
    severity: 'error',
    from: { path: inside },
    to: { circular: true }
  },
  {
    name: 'the-service-needs-no-workshop',
    comment: 'src is what runs in production; dev, bench, build and bin work with it.',
    severity: 'error',
    from: { path: inside },
    to: { path: '^(bench|bin|build|dev|test)/' }
  },
  {
    name: 'values-are-the-ground',
    comment: 'What a value is needs nothing but the failures.',
    severity: 'error',
    from: { path: room('values') },
    to: { path: inside, pathNot: ['^src/(values/|failures\\.ts)'] }
  },
  {
    name: 'a-plan-is-plain-data',
    comment: 'What an event asks for: tables and values, whatever store they land in.',
    severity: 'error',
    from: { path: '^src/plan\\.ts$' },
    to: { path: inside, pathNot: ['^src/(values/|failures\\.ts|store/[^/]+\\.ts)'] }
  },
  {
    name: 'delivery-knows-values-only',
    comment: 'Decoding is pure and first: it sees values, failures and what a dead letter keeps.',
    severity: 'error',
    from: { path: room('delivery') },
    to: { path: inside, pathNot: ['^src/(delivery/|values/|failures\\.ts|plan\\.ts)'] }
  },
  {
    name: 'contracts-see-deliveries-and-the-port',
    comment: 'Contracts plan events for a store they do not know.',
    severity: 'error',
    from: { path: room('contracts') },
    to: {
      path: inside,
      pathNot: ['^src/(contracts/|delivery/|values/|failures\\.ts|plan\\.ts|store/[^/]+\\.ts)']
    }
  },
  {
    name: 'commit-sees-the-port-only',
    comment: 'Committing knows plans and the store port, not where they came from or go to.',
    severity: 'error',
    from: { path: room('commit') },
    to: {
      path: inside,
      pathNot: ['^src/(commit/|values/|failures\\.ts|plan\\.ts|store/[^/]+\\.ts)']
    }
  },
  {
    name: 'the-store-knows-no-plans',
    comment: 'The store knows tables, rows and values; nothing above it.',
    severity: 'error',
    from: { path: room('store') },
    to: { path: inside, pathNot: ['^src/(store/|values/|failures\\.ts|settings\\.ts)'] }
  },
  {
    name: 'adapters-do-not-meet',
    comment: 'Two stores behind one port share the port, not each other.',
    severity: 'error',
    from: { path: '^src/store/(spanner|embedded)/' },
    to: { path: '^src/store/(spanner|embedded)/', pathNot: '^src/store/$1/' }
  },
  {
    name: 'spanner-words-stop-here',
    comment: 'Only store/spanner loads the Spanner client.',
    severity: 'error',
    from: { path: inside, pathNot: room('store/spanner') },
    to: { path: 'node_modules/@google-cloud/spanner' }
  },
  {
    name: 'access-knows-nobody',
    comment: 'Who may call is decided by what the caller sent and by secrets alone.',
    severity: 'error',
    from: { path: room('access') },
    to: { path: inside, pathNot: ['^src/(access/|failures\\.ts)'] }
  },
  {
    name: 'secrets-are-read-in-one-room',
    comment: 'Only access/ loads the Secret Manager client.',
    severity: 'error',
    from: { path: inside, pathNot: room('access') },
    to: { path: 'node_modules/@google-cloud/secret-manager' }
  },
  {
    name: 'http-words-stop-here',
    comment: 'Only http/ speaks Fastify; app.ts and main.ts hand it on.',
    severity: 'error',
    from: { path: inside, pathNot: '^src/(http/|app\\.ts|main\\.ts)' },
    to: { path: 'node_modules/fastify/' }
  },
  {
    name: 'nothing-imports-upward',
    comment: 'main and cli are the top; app is below them; http below app.',
    severity: 'error',
    from: {
      path: '^src/(http|access|dead-letters|import|pull|telemetry|readiness\\.ts|ingest\\.ts)'
    },
    to: { path: '^src/(main|app|cli/)' }
  },
  {
    name: 'pure-rooms-do-no-io',
    comment: 'What decides must be testable without the world.',
    severity: 'error',
    from: { path: '^src/(values|delivery|contracts)/' },
    to: {
      dependencyTypes: ['core'],
      pathNot: '^(node:)?(buffer|crypto|util)$'
    }
  },
  {
    name: 'what-few-need-is-loaded-when-needed',
    comment: 'Start-up time: clients and exporters that a configuration does not use stay unread.',
    severity: 'error',
    from: { path: inside },
    to: {
      path: '^src/(store/spanner/open-spanner-store|access/secret-manager-secret|telemetry/(start-otlp|pretty))\\.ts$',
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
      pathNot: '^(src/main\\.ts|src/http/docs/assets/)',
      reachable: false
    }
  }
]

export const options: ICruiseOptions = {
  doNotFollow: { path: 'node_modules' },
  tsPreCompilationDeps: true,
  enhancedResolveOptions: {
    extensions: ['.ts', '.js'],
    conditionNames: ['import', 'node', 'default']
  }
}
