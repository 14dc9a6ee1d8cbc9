import type { Connection } from './connect.ts'

/** Create the instance and the database of an emulator, unless they are there. */
export async function createEmulatorDatabase({ client, name }: Connection): Promise<void> {
  const project = `projects/${name.project}`
  const instance = {
    displayName: name.instance,
    config: `${project}/instanceConfigs/emulator-config`,
    nodeCount: 1
  }
  await unlessThere(async () => {
    const request = { parent: project, instanceId: name.instance, instance }
    const [operation] = await client.getInstanceAdminClient().createInstance(request)
    await operation.promise()
  })
  await unlessThere(async () => {
    const parent = `${project}/instances/${name.instance}`
    const createStatement = `CREATE DATABASE \`${name.database}\``
    const [operation] = await client
      .getDatabaseAdminClient()
      .createDatabase({ parent, createStatement })
    await operation.promise()
  })
}

const alreadyExists = 6

async function unlessThere(create: () => Promise<void>): Promise<void> {
  try {
    await create()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== alreadyExists) throw error
  }
}
