import { readFile } from 'node:fs/promises'

/** The JSON of an order that is placed, with two lines: it adds to two counters. */
export async function exampleOrder(): Promise<string> {
  const file = 'schemas/events/com.example.order.placed.v1.json'
  const contract = JSON.parse(await readFile(file, 'utf8'))
  return JSON.stringify(contract.examples[0])
}
