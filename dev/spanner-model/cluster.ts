import { status } from '@grpc/grpc-js'
import { createDatabase, type Database, type Dialect } from './database.ts'
import type { Session } from './protocol.ts'
import { refusal } from './refusal.ts'

/** Instances with their databases, and the sessions on them. All names are full resource names. */
export interface Cluster {
  createInstance(name: string): void
  createDatabase(name: string, dialect: Dialect): Database
  dropDatabase(name: string): void
  /** @throws a refusal, NOT_FOUND */
  database(name: string): Database
  openSession(database: string, multiplexed: boolean): Session
  /** The sessions on a database. */
  sessions(database: string): readonly Session[]
  closeSession(name: string): void
  /** Find what a session is on. @throws a refusal, NOT_FOUND */
  find(session: string): { readonly database: Database; readonly session: Session }
}

/** Make a cluster that has nothing yet. */
export function createCluster(): Cluster {
  const instances = new Set<string>()
  const databases = new Map<string, Database>()
  const sessions = new Map<string, Session>()
  let opened = 0

  function database(name: string): Database {
    const instance = name.replace(/\/databases\/.*/, '')
    if (!instances.has(instance)) throw notFound('Instance', instance)
    const found = databases.get(name)
    if (found) return found
    throw notFound('Database', name)
  }

  return {
    createInstance(name) {
      if (instances.has(name)) throw exists('Instance', name)
      instances.add(name)
    },
    createDatabase(name, dialect) {
      if (databases.has(name)) throw exists('Database', name)
      const created = createDatabase(dialect)
      databases.set(name, created)
      return created
    },
    dropDatabase: (name) => void databases.delete(name),
    database,
    openSession(name, multiplexed) {
      database(name)
      opened += 1
      const session = { name: `${name}/sessions/${opened}`, multiplexed }
      sessions.set(session.name, session)
      return session
    },
    sessions: (name) => [...sessions.values()].filter((one) => databaseOf(one.name) === name),
    closeSession: (name) => void sessions.delete(name),
    find(name) {
      const found = database(databaseOf(name))
      const session = sessions.get(name)
      if (!session) throw notFound('Session', name)
      return { session, database: found }
    }
  }
}

const databaseOf = (session: string) => session.replace(/\/sessions\/.*/, '')

const notFound = (kind: string, name: string) =>
  refusal(status.NOT_FOUND, `${kind} not found: ${name}`)

const exists = (kind: string, name: string) =>
  refusal(status.ALREADY_EXISTS, `${kind} already exists: ${name}`)
