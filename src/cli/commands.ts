import type { Entry, Group } from './command-line.ts'

/** The commands that work on a service. A command is one line here, and its file. */
export const serviceCommands: readonly (Entry | Group)[] = [
  {
    name: 'check',
    summary: 'check the schema files, without a database',
    load: async () => (await import('./check.ts')).check
  },
  {
    name: 'schema',
    summary: 'compare the database with the collections (diff), or update it (apply)',
    commands: [
      {
        name: 'diff',
        summary: 'compare the database of SPANNER_DATABASE with the collections',
        load: async () => (await import('./schema.ts')).diff
      },
      {
        name: 'apply',
        summary: 'create the tables of the collections in SPANNER_DATABASE, or add what they lack',
        load: async () => (await import('./schema.ts')).apply
      }
    ]
  },
  {
    name: 'dead-letters',
    summary: 'list, show, replay or discard the events that could not land',
    commands: [
      {
        name: 'list',
        summary: 'list the open dead letters, the latest first',
        load: async () => (await import('./dead-letters/list.ts')).list
      },
      {
        name: 'show',
        summary: 'show one dead letter and its delivery',
        load: async () => (await import('./dead-letters/show.ts')).show
      },
      {
        name: 'replay',
        summary: 'land dead letters again, after the cause is fixed',
        load: async () => (await import('./dead-letters/replay.ts')).replay
      },
      {
        name: 'discard',
        summary: 'mark dead letters as settled; nothing is deleted',
        load: async () => (await import('./dead-letters/discard.ts')).discard
      }
    ]
  },
  {
    name: 'import',
    summary: 'land CloudEvents from a file of newline-delimited JSON, for backfills',
    load: async () => (await import('./import.ts')).importFile
  },
  {
    name: 'drain',
    summary: 'land the messages of a Pub/Sub subscription, such as that of a dead-letter topic',
    load: async () => (await import('./drain.ts')).drain
  },
  {
    name: 'api-key',
    summary: 'make API keys for reads (create)',
    commands: [
      {
        name: 'create',
        summary: 'make an API key for reads with READ_AUTH=api-key',
        load: async () => (await import('./api-key.ts')).createKey
      }
    ]
  }
]
