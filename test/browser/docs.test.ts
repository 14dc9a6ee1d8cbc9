import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { readContracts } from '../../src/read-schemas.ts'
import { openApp } from '../http/open-app.ts'
import { openBrowser } from './open-browser.ts'

const contracts = await readContracts('schemas')
const paths = contracts.collections.flatMap(({ read }) => (read ? [`/api/v1/${read.path}`] : []))

const screens = [
  ['phone', { width: 390, height: 844 }],
  ['desktop', { width: 1440, height: 900 }]
] as const
const schemes = ['light', 'dark'] as const
const looks = screens.flatMap(([screen, viewport]) =>
  schemes.map((colorScheme) => ({ name: `${screen}, ${colorScheme}`, viewport, colorScheme }))
)
type Look = (typeof looks)[number]

let browser: Browser
let pictures = ''

beforeAll(async () => {
  browser = await openBrowser()
  pictures = await mkdtemp(join(tmpdir(), 'landfall-docs-'))
  console.log(`screenshots are in ${pictures}`)
})

afterAll(() => browser?.close())

interface Visit {
  readonly page: Page
  readonly url: string
  /** The requests to other origins, the messages of the console, and the errors of a page. */
  readonly troubles: readonly string[]
}

/** Open a page of the running service in a browser that can reach only the service. */
async function visit(path: string, { viewport, colorScheme }: Look): Promise<Visit> {
  const { app } = await openApp()
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const context = await browser.newContext({ viewport, colorScheme })
  onTestFinished(() => context.close())
  const troubles: string[] = []
  await context.route('**', (route) => {
    const asked = route.request().url()
    if (asked.startsWith(`${url}/`)) return route.continue()
    troubles.push(`asks for ${asked}`)
    return route.abort()
  })
  const page = await context.newPage()
  page.on('console', (message) => troubles.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('response', (answer) => {
    if (answer.status() >= 400) troubles.push(`${answer.status()} ${answer.url()}`)
  })
  await page.goto(`${url}${path}`, { waitUntil: 'networkidle' })
  return { page, url, troubles }
}

interface Width {
  readonly scrollWidth: number
  readonly clientWidth: number
}

/** Code for the browser is a string here, because its globals are not those of Node. */
const focusedElement = `(() => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement)
  return { what: document.activeElement.outerHTML.slice(0, 120), outlineStyle, outlineWidth }
})()`

interface Focused {
  readonly what: string
  readonly outlineStyle: string
  readonly outlineWidth: string
}

async function expectGood({ page, troubles }: Visit, picture: string): Promise<void> {
  await page.screenshot({ path: join(pictures, `${picture}.png`), fullPage: true })
  expect(await page.locator('html').getAttribute('lang')).toBe('en')
  expect(await page.title()).toContain('Landfall')
  expect(await page.locator('main').count()).toBe(1)
  expect(await page.locator('.content > h1, main > h1').count()).toBe(1)
  const { scrollWidth: wide, clientWidth: seen } = await page.evaluate<Width>(
    '(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }))(document.documentElement)'
  )
  expect(wide, 'the page scrolls sideways').toBe(seen)
  expect(troubles).toEqual([])
}

describe.each(looks)('on a $name screen', (look) => {
  test('the overview shows every event type and every collection', async () => {
    const opened = await visit('/docs', look)
    const text = await opened.page.locator('main').innerText()
    for (const part of [...contracts.eventTypes, ...paths]) expect(text).toContain(part)
    await expectGood(opened, `overview ${look.name}`)
  })

  test('the events are shown with their data, and everything unfolds', async () => {
    const opened = await visit('/docs/events', look)
    const { page } = opened
    for (const summary of await page.locator('summary').all()) await summary.click()
    const text = await page.locator('main').innerText()
    for (const part of [...contracts.eventTypes, 'lines[].sku', 'gcloud pubsub topics publish']) {
      expect(text).toContain(part)
    }
    await expectGood(opened, `events ${look.name}`)
  })

  test('the viewer shows every operation, and opens them', async () => {
    const opened = await visit('/docs/http', look)
    const { page } = opened
    await page.locator('.opblock').first().waitFor()
    const text = (await page.locator('#viewer').innerText()).replaceAll('\u200b', '')
    for (const path of ['/events', ...paths]) expect(text).toContain(path)
    for (const id of ['deliver', 'list-daily-sales', 'get-items']) {
      await page.locator(`[id$="-${id}"] .opblock-summary-control`).click()
      await page.locator(`[id$="-${id}"] .responses-table`).first().waitFor()
    }
    await expectGood(opened, `http ${look.name}`)
  })
})

const [phone, , desktop] = looks

test('the overview leads to the operation of a collection', async () => {
  if (!desktop) throw new Error('there is a desktop')
  const { page, troubles } = await visit('/docs', desktop)
  await page.getByRole('link', { name: 'GET /api/v1/storage-objects' }).click()
  await page.locator('.opblock.is-open').waitFor()
  expect(await page.locator('.opblock.is-open').innerText()).toContain(
    'List rows of storage_objects'
  )
  expect(troubles).toEqual([])
})

test('an operation can be tried from the viewer, against the service itself', async () => {
  if (!desktop) throw new Error('there is a desktop')
  const { page, troubles } = await visit('/docs/http#/items/list-items', desktop)
  await page.getByRole('button', { name: 'Try it out' }).click()
  await page.getByRole('button', { name: 'Execute' }).click()
  const answer = page.locator('.live-responses-table .response-col_status').first()
  await answer.waitFor()
  expect(await page.locator('.live-responses-table').innerText()).toContain('200')
  expect(troubles).toEqual([])
})

test.each(['/docs', '/docs/events', '/docs/http'])(
  'the keyboard is shown where it is on %s',
  async (path) => {
    if (!phone) throw new Error('there is a phone')
    const { page } = await visit(path, phone)
    if (path === '/docs/http') await page.locator('.opblock').first().waitFor()
    for (let step = 0; step < 12; step += 1) {
      await page.keyboard.press('Tab')
      const focused = await page.evaluate<Focused>(focusedElement)
      expect(focused.outlineStyle, focused.what).toBe('solid')
      expect(focused.outlineWidth, focused.what).toBe('3px')
    }
  }
)

test('the skip link leads past the head', async () => {
  if (!phone) throw new Error('there is a phone')
  const { page } = await visit('/docs', phone)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await page.evaluate('document.activeElement.id')).toBe('content')
})
