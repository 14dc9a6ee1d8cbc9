import type { CloudEvent } from '../../delivery/event.ts'
import type { JsonObject } from '../../values/json.ts'
import type { DescribedEvent } from '../describe-events.ts'
import { embedSchema } from '../embed-schema.ts'
import { binaryAttributesSchema, eventSchema } from '../event-schema.ts'
import { messageView } from '../pubsub-message.ts'
import type { JsonSchema } from '../schema-file.ts'

/** A Message Object, with its name in the document. */
export interface NamedMessage {
  readonly name: string
  readonly message: JsonObject
}

/** The default of AsyncAPI is draft 07, in which the contracts are not written. */
const schemaFormat = 'application/schema+json;version=draft-2020-12'

const inFormat = (schema: JsonSchema) => ({ schemaFormat, schema })

/** Write the schema of the data of a contract, as `#/components/schemas/{name}` has it. */
export function dataSchema({ name, file }: DescribedEvent): JsonObject {
  return inFormat(
    embedSchema(file.data ?? true, `${dataPointer(name)}/schema`, `urn:landfall:data:${name}`)
  )
}

/** Write the messages of a contract: an event in each content mode, or a plain message. */
export function messagesOf(event: DescribedEvent): readonly NamedMessage[] {
  return event.isMessage ? [plainMessage(event)] : [structured(event), binary(event)]
}

function structured(event: DescribedEvent): NamedMessage {
  const { name, file } = event
  return {
    name: `${name}.structured`,
    message: {
      ...describeMessage(event, 'the whole event as JSON'),
      contentType: 'application/cloudevents+json',
      payload: inFormat(eventSchema(file, { $ref: `${dataPointer(name)}/schema` })),
      ...shown(event.examples.map((payload) => ({ payload }))),
      bindings: attributesBinding({ 'content-type': 'application/cloudevents+json' })
    }
  }
}

function binary(event: DescribedEvent): NamedMessage {
  const { name, file } = event
  const required = { 'ce-specversion': '1.0', 'ce-type': file.type }
  return {
    name: `${name}.binary`,
    message: {
      ...describeMessage(event, 'attributes beside the data'),
      contentType: 'application/json',
      headers: inFormat(binaryAttributesSchema(file)),
      payload: { $ref: dataPointer(name) },
      ...shown(event.examples.filter(({ data }) => data !== undefined).map(inBinaryMode)),
      bindings: attributesBinding(required)
    }
  }
}

function plainMessage(event: DescribedEvent): NamedMessage {
  const { name, file } = event
  const isDecoded = file.payload === 'message'
  const pointer = `#/components/messages/${name}/headers/schema`
  return {
    name,
    message: {
      ...describeMessage(event, 'a message that is not a CloudEvent'),
      ...(isDecoded && {
        contentType: 'application/json',
        payload: { $ref: dataPointer(name) },
        ...shown((file.examples ?? []).map(asMessage))
      }),
      ...(file.attributes !== undefined && {
        headers: inFormat(embedSchema(file.attributes, pointer, `urn:landfall:attributes:${name}`))
      })
    }
  }
}

function describeMessage({ file, name, description, effects }: DescribedEvent, mode: string) {
  const resource = file.match?.subscription ?? file.match?.topic
  const only = resource === undefined ? '' : ` Only from ${resource}.`
  const does = effects.length > 0 ? `It ${effects.join('; it ')}.` : 'It changes nothing.'
  return {
    name: file.type,
    title: `${name}: ${mode}`,
    summary: description || file.type,
    description: `${does}${only}`
  }
}

function shown(examples: readonly JsonObject[]) {
  return examples.length > 0 ? { examples } : {}
}

function inBinaryMode({ data = null, datacontenttype: _, ...attributes }: JsonObject): JsonObject {
  const named = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, String(value)])
  return { headers: Object.fromEntries(named), payload: data }
}

function asMessage(example: CloudEvent): JsonObject {
  const { event } = messageView(example)
  return { headers: event['attributes'] ?? {}, payload: event['data'] ?? null }
}

/** https://github.com/asyncapi/bindings/blob/master/googlepubsub/README.md#message-binding-object */
function attributesBinding(attributes: Readonly<Record<string, string>>) {
  return { googlepubsub: { attributes, bindingVersion: '0.2.0' } }
}

const dataPointer = (name: string) => `#/components/schemas/${name}`
