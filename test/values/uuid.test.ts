import { refuses, takes } from './conversions.ts'

const uuid = '2d1c4a3e-0f5b-4c6d-8e7f-001122334455'

takes('UUID', [
  ['a UUID', uuid, uuid],
  ['upper case as lower case', uuid.toUpperCase(), uuid],
  ['the nil UUID', '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000']
])

const malformed = `is not a UUID such as ${uuid}`

refuses('UUID', [
  ['no hyphens', uuid.replaceAll('-', ''), malformed],
  ['braces', `{${uuid}}`, malformed],
  ['a URN', `urn:uuid:${uuid}`, malformed],
  ['a line feed', `${uuid}\n`, malformed],
  ['a digit too few', uuid.slice(0, -1), malformed],
  ['a letter that is no digit', uuid.replace('a', 'g'), malformed],
  ['a number', 1, malformed]
])
