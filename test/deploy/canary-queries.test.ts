import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { unknownTo } from './known-series.ts'

test('every metric and label that deploy/canary.sh asks for is exported', () => {
  const { stdout } = spawnSync('deploy/canary.sh', ['--dry-run'], { encoding: 'utf8' })
  const queries = [...stdout.matchAll(/'query=([^']+)'/g)].map(([, query = '']) => query)
  expect(queries).toHaveLength(5)
  expect(queries.flatMap(unknownTo)).toEqual([])
})
