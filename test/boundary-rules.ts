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
    name: 'nothing-knows-the-bench',
    comment: 'The bench measures the service, and is no part of it.',
    severity: 'error',
    from: { path: inside },
    to: { path: '^bench/' }
  },
  {
    name: 'delivery-knows-the-store-by-its-plan-only',
    comment: 'Decoding is pure and first: it sees the failures and the shape of a letter.',
    severity: 'error',
    from: { path: room('delivery') },
    to: { path: inside, pathNot: ['^src/(delivery/|failures\\.ts|store/plan\\.ts)'] }
  },
  {
    name: 'contracts-see-deliveries-and-the-port',
    comment: 'Contracts plan arrivals for a store they do not know.',
    severity: 'error',
    from: { path: room('contracts') },
    to: { path: inside, pathNot: ['^src/(contracts/|delivery/|failures\\.ts|store/[^/]+\\.ts)'] }
  },
  {
    name: 'commit-sees-the-port-only',
    comment: 'Committing knows plans and the store port, not where they came from or go to.',
    severity: 'error',
    from: { path: room('commit') },
    to: { path: inside, pathNot: ['^src/(commit/|failures\\.ts|store/[^/]+\\.ts)'] }
  },
  {
    name: 'store-is-the-ground',
    comment: 'The store knows tables and rows; nothing above it.',
    severity: 'error',
    from: { path: room('store') },
    to: { path: inside, pathNot: ['^src/(store/|failures\\.ts|config\\.ts)'] }
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
    comment: 'Only store/spanner and what stands in for Google Cloud load the Spanner client.',
    severity: 'error',
    from: { path: inside, pathNot: '^src/(store/spanner|local)/' },
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
      path: '^src/(http|access|replay|simulator|telemetry|local|readiness\\.ts|ingest\\.ts)'
    },
    to: { path: '^src/(main|app|cli/)' }
  },
  {
    name: 'pure-rooms-do-no-io',
    comment: 'What decides must be testable without the world.',
    severity: 'error',
    from: { path: '^src/(delivery|contracts)/' },
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
      path: inside,
      pathNot: '^src/(main\\.ts|cli/landfall\\.ts|cli/generate\\.ts|http/docs/assets/)',
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
