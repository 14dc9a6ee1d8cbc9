import { expect, test } from 'vitest'
import { deadLetterDifferences, expectDeadLetters } from '../../../dev/demo/dead-letters.ts'
import { writeScript } from '../../../dev/simulator/script.ts'

test('a broken event is one dead letter however often it is sent, and a valid one is none', () => {
  const sendings = writeScript({ seed: 1, count: 100 }).pushes.flatMap((push) => push.sendings)
  const broken = sendings.find(({ sent }) => sent.fault?.reason === 'JSON_INVALID')
  const whole = sendings.find(({ sent }) => !sent.fault)
  if (!broken || !whole) throw new Error('the script has both')
  expect(expectDeadLetters([broken, whole, broken])).toEqual([
    { reason: 'JSON_INVALID', letters: 1, deliveries: 2 }
  ])
})

const counts = [{ reason: 'DATA_INVALID', letters: 2, deliveries: 3 }]

test('the same counts do not differ', () => {
  expect(deadLetterDifferences(counts, [...counts])).toEqual([])
})

test.each([
  ['are lost', [], 'dead letters DATA_INVALID: none, expected 2 seen 3 times'],
  [
    'are doubled',
    [{ reason: 'DATA_INVALID', letters: 3, deliveries: 3 }],
    'dead letters DATA_INVALID: 3 seen 3 times, expected 2 seen 3 times'
  ],
  [
    'come from nowhere',
    [...counts, { reason: 'JSON_INVALID', letters: 1, deliveries: 1 }],
    'dead letters JSON_INVALID: 1 seen 1 times, expected none'
  ]
])('it is reported when dead letters %s', (_name, found, difference) => {
  expect(deadLetterDifferences(counts, found)).toEqual([difference])
})
