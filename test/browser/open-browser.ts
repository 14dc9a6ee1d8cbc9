import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** Start the Chromium of CHROMIUM_PATH, or the one on the PATH. The caller closes it. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await findChromium(),
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync']
    ]
  })
}

async function findChromium(): Promise<string> {
  const given = process.env['CHROMIUM_PATH']
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const paths = given ? [given] : names.flatMap((name) => folders.map((dir) => join(dir, name)))
  for (const path of paths) {
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false
    )
    if (found) return path
  }
  throw new Error(
    `there is no Chromium at ${given ?? 'any place of the PATH'}: install one, on Debian with ` +
      '`apt-get install chromium`, or set CHROMIUM_PATH'
  )
}
