import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { fastify } from 'fastify'
import { pushedEvent } from './pushed-event.ts'

interface Push {
  readonly message: { readonly data: string }
}

/** A route that parses a push, validates its event and answers. Nothing lands. */
const contract = await readFile('schemas/events/com.example.item.changed.v1.json', 'utf8')
const validate = new Ajv2020({ allowUnionTypes: true }).compile(JSON.parse(contract).data)
const app = fastify()

app.post<{ Body: Push }>('/events', async ({ body }, reply) => {
  if (!validate(pushedEvent(body.message.data).data))
    return reply.code(400).send({ verdict: 'invalid' })
  return { verdict: 'applied', commitTimestamp: '2026-01-01T00:00:00.000000000Z' }
})

await app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' })
