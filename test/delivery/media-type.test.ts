import { expect, test } from 'vitest'
import { cloudEventsMode, isJsonType, isMediaType, isTextType } from '../../src/delivery/headers.ts'

test.each([
  ['application/json', true],
  ['APPLICATION/JSON', true],
  ['application/json;charset=UTF-8', true],
  ['application/json \t; charset=utf-8', true],
  ['text/json', true],
  ['application/vnd.example+json', true],
  ['application/vnd.example+JSON; v=1', true],
  ['application/jsonl', false],
  ['application/xjson', false],
  ['text/plain', false],
  ['json', false]
])('reports whether %s is JSON', (type, expected) => {
  expect(isJsonType(type)).toBe(expected)
})

test.each([
  ['text/plain', true],
  ['Text/CSV; charset="utf-8"', true],
  ['text/plain; charset=US-ASCII', true],
  ['text/plain; charset=iso-8859-1', false],
  ['application/xml', false]
])('reports whether %s is UTF-8 text', (type, expected) => {
  expect(isTextType(type)).toBe(expected)
})

test.each([
  ['application/json', true],
  ['application/json; a=b', true],
  ['json', false],
  ['/json', false],
  ['a/b/c', false],
  ['a b/c', false],
  ['a/b, c/d', false]
])('reports whether %s is a media type', (type, expected) => {
  expect(isMediaType(type)).toBe(expected)
})

test.each([
  [undefined, undefined],
  ['application/json', undefined],
  ['application/cloudevents+json', 'structured'],
  ['Application/CloudEvents+JSON', 'structured'],
  ['application/cloudevents+json;charset=UTF-8', 'structured'],
  ['application/cloudevents+json ; charset=UTF-8', 'structured'],
  ['application/cloudevents', 'structured'],
  ['application/cloudevents-batch+json', 'batch'],
  ['APPLICATION/CLOUDEVENTS-BATCH+JSON; charset=utf-8', 'batch'],
  ['application/cloudevents+protobuf', 'unsupported'],
  ['application/cloudevents-batch+avro', 'unsupported']
])('finds the CloudEvents mode of %s', (type, mode) => {
  expect(cloudEventsMode(type)).toBe(mode)
})
