import { expect, test } from 'vitest'
import { freePort } from '../../../dev/local/ports.ts'
import { run } from '../../cli/run-command.ts'
import { push, startService } from '../../process/start-service.ts'
import { startPushServer } from '../simulator/push-server.ts'

const sendTo = (url: string, ...args: readonly string[]) => run('send', ['--url', url, ...args], {})

test('the rows that the real service shows are as expected, also after other runs', async () => {
  const { url } = await startService({})
  const { code, out } = await sendTo(url, '--count', '200', '--expect')
  expect(out.at(-1)).toBe('The rows and the verdicts are as expected.')
  expect(out).toContainEqual(expect.stringMatching(/^ {2}applied +\d\d\d$/))
  expect(code).toBe(0)

  const other = await sendTo(
    url,
    '--count',
    '200',
    '--seed',
    '2',
    '--rate',
    '2000',
    '--ordered',
    '--expect'
  )
  expect(other.code).toBe(0)
  const again = await sendTo(url, '--count', '200', '--expect', '--json')
  expect(again.code).toBe(0)
  expect(JSON.parse(again.out.join())).toMatchObject({
    run: '1-200-4-',
    events: 200,
    verdicts: { applied: 0 },
    neverAcknowledged: 0,
    differences: []
  })
})

test('a row that another writer changed is named, and the exit code is 1', async () => {
  const { url } = await startService({})
  const args = ['--count', '100', '--poison', '0', '--expect']
  expect((await sendTo(url, ...args)).code).toBe(0)
  const page = await fetch(`${url}/api/v1/data?limit=1`)
  const [, id] = /"id":"([^"]+)"/.exec(await page.text()) ?? []
  const forged = {
    specversion: '1.0',
    id: 'forged',
    source: '//example.com/elsewhere',
    type: 'com.example.item.changed.v1',
    time: '2027-01-01T00:00:00Z',
    data: { id, value: 'forged' }
  }
  expect((await push(url, forged)).body.verdict).toBe('applied')
  const { code, out } = await sendTo(url, ...args)
  expect(code).toBe(1)
  expect(out.slice(-2)).toEqual([
    '1 difference from what was expected:',
    expect.stringContaining(`data ["${id}"]: value is "forged", expected `)
  ])
})

test('a service that checks tokens accepts signed pushes and refuses unsigned ones', async () => {
  const [audience, account] = [
    'https://landfall.example.com',
    'push@example.iam.gserviceaccount.com'
  ]
  const port = await freePort()
  const { url } = await startService({
    PUSH_AUTH: 'oidc',
    PUSH_AUDIENCE: audience,
    PUSH_SERVICE_ACCOUNTS: account,
    PUSH_CERTS_URL: `http://127.0.0.1:${port}/certs`
  })
  const unsigned = await sendTo(url, '--count', '1', '--max-attempts', '1', '--json')
  expect(unsigned.code).toBe(1)
  expect(JSON.parse(unsigned.out.join()).failures).toEqual({ '401': expect.any(Number) })

  const identity = ['--audience', audience, '--service-account', account]
  const signed = await sendTo(
    url,
    ...identity,
    '--certs-port',
    String(port),
    '--count',
    '100',
    '--expect'
  )
  expect(signed.errors).toEqual([`The service needs PUSH_CERTS_URL=http://127.0.0.1:${port}/certs`])
  expect(signed.out.at(-1)).toBe('The rows and the verdicts are as expected.')
  expect(signed.code).toBe(0)
})

test('messages that are never acknowledged are counted, and the exit code is 1', async () => {
  const { url } = await startPushServer((_, response) => response.writeHead(503).end())
  const { code, out } = await sendTo(
    url,
    ...[
      '--count',
      '10',
      '--max-attempts',
      '2',
      '--envelope',
      'wrapped',
      '--duplicates',
      '0',
      '--json'
    ]
  )
  expect(code).toBe(1)
  expect(JSON.parse(out.join())).toMatchObject({
    sent: 10,
    neverAcknowledged: 10,
    redeliveries: 10,
    failures: { '503': 20 }
  })
})

test('reads use the API key of the environment, and pushes do not', async () => {
  const { url, arrived } = await startPushServer((_, response) => response.end('[]'))
  const args = ['--url', url, '--count', '3', '--poison', '0', '--expect']
  await run('send', args, { LANDFALL_API_KEY: 'secret' })
  const keys = arrived.map(({ headers, body }) => [body === '', headers['x-api-key'] === 'secret'])
  expect(new Set(keys.map(String))).toEqual(new Set(['true,true', 'false,false']))
})

test('an address without a listener is reported at once', async () => {
  const port = await freePort()
  const { code, errors } = await sendTo(`http://127.0.0.1:${port}`)
  expect(code).toBe(1)
  expect(errors).toEqual([`landfall: nothing answers at http://127.0.0.1:${port}`])
})

test('help names every option', async () => {
  const { code, out } = await run('send', ['--help'], {})
  expect(code).toBe(0)
  for (const option of ['url', 'seed', 'rate', 'ordered', 'certs-port', 'expect', 'json']) {
    expect(out.join('\n')).toContain(`--${option}`)
  }
  expect(
    Math.max(
      ...out
        .join('\n')
        .split('\n')
        .map((line) => line.length)
    )
  ).toBeLessThanOrEqual(100)
})

test.each([
  ['an argument', ['now']],
  ['an unknown option', ['--cuont', '3']],
  ['a URL with a path', ['--url', 'http://localhost:8080/events']],
  ['a URL of another protocol', ['--url', 'ftp://localhost']],
  ['an unknown envelope', ['--envelope', 'toString']],
  ['rate and concurrency', ['--rate', '1', '--concurrency', '1']],
  ['an audience alone', ['--audience', 'x']],
  ['duplicates without end', ['--duplicates', '100']]
])('%s is a usage error', async (_name, args) => {
  await expect(run('send', args, {})).rejects.toMatchObject({ name: 'UsageError' })
})
