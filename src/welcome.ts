/** What a person sees who started the service without Spanner: where it is, and what to try. */
export function welcome(port: number, file: string): string {
  const url = `http://localhost:${port}`
  const event =
    '{"specversion":"1.0","id":"1","source":"//shop","type":"com.example.item.changed.v1",' +
    '"time":"2026-11-01T10:00:00Z","data":{"id":"a","value":"red"}}'
  return `
Landfall listens on ${url} and lands in the embedded store (${file}).
Land an event, land it again, read the row:

  curl -H 'content-type: application/cloudevents+json' -d '${event}' ${url}/events
  curl -H 'content-type: application/cloudevents+json' -d '${event}' ${url}/events
  curl ${url}/api/v1/data

`
}
