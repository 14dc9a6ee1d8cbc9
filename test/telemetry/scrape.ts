import type { FastifyInstance } from 'fastify'

/** Read `/metrics` as values by series: name and labels as printed. */
export async function scrape(app: FastifyInstance): Promise<Readonly<Record<string, number>>> {
  const { body } = await app.inject('/metrics')
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map((line) => {
      const end = line.lastIndexOf(' ')
      return [line.slice(0, end), Number(line.slice(end + 1))]
    })
  )
}
