import { globSync, readFileSync } from 'node:fs'

export interface Page {
  readonly file: string
  /** The text without fenced blocks. */
  readonly prose: string
  /** The code between backticks, and the fenced blocks. */
  readonly code: readonly string[]
}

/** Also one that is indented, in a list. */
const fence = /^ *```.*?^ *```$/gms

/** Read every page for people. */
export function readPages(): readonly Page[] {
  const files = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...globSync('docs/**/*.md')]
  return files.sort().map((file) => {
    const text = readFileSync(file, 'utf8')
    const prose = text.replaceAll(fence, '')
    const inline = [...prose.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span)
    return { file, prose, code: [...inline, ...(text.match(fence) ?? [])] }
  })
}

/** List the links of a page, without those to other origins. Pure. */
export function linksOf({ prose }: Page): readonly string[] {
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return links.filter((target) => !/^[a-z]+:/.test(target))
}

/**
 * List the anchors that GitHub gives the headings of a page
 * (https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links).
 * Pure.
 */
export function anchorsOf({ prose }: Page): ReadonlySet<string> {
  const headings = [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading)
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-')
    )
  )
}
