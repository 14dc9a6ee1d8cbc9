import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { openPushAuth } from './push-auth.ts'
import { attacks, issuerKeys } from './token-attacks.ts'
import { keySet } from './token-issuer.ts'

/** The parts of a token that are long enough to be recognised. */
function secretsOf(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(/[\s.,]/)).filter((part) => part.length > 20)
}

it.each(attacks)('$name does not let a push in', async ({ authorization, code }) => {
  const { outcome } = await openPushAuth({}, keySet(issuerKeys))
  const failure = await outcome(...authorization)
  expect(failure).toMatchObject({ code })
  const told = inspect(failure, { depth: 9 })
  for (const secret of secretsOf(authorization)) expect(told).not.toContain(secret)
})
