/** A fenced block of a walk-through: a file to write, a service to start, commands to run. */
export type Step =
  | { readonly does: 'write'; readonly file: string; readonly text: string }
  | { readonly does: 'serve'; readonly commands: string }
  | { readonly does: 'run'; readonly commands: string; readonly prints: string }

/** Also one that is indented, in a list. */
const fence = /^( *)```(\S+)(?: (\S+))?\n(.*?)^ *```$/gms

/**
 * Read the steps of a walk-through in Markdown, in order. The info string is `json file=PATH`, `sh
 * service`, or `sh`, whose output is in the `text` that follows it; `sh` with another word cannot
 * be run here. Pure.
 */
export function readSteps(markdown: string): readonly Step[] {
  const blocks = [...markdown.matchAll(fence)].map(([, indent, language, word, text = '']) => ({
    kind: word ? `${language} ${word}` : language,
    text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
  }))
  return blocks.flatMap(({ kind = '', text }, at): Step[] => {
    const [, file] = /^json file=(.+)$/.exec(kind) ?? []
    if (file) return [{ does: 'write', file, text }]
    if (kind === 'sh service') return [{ does: 'serve', commands: text }]
    const next = blocks[at + 1]
    const prints = next?.kind === 'text' ? next.text : ''
    return kind === 'sh' ? [{ does: 'run', commands: text, prints }] : []
  })
}

/** Normalize output: replace times, which differ in every run, and drop blank lines. Pure. */
export function comparable(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g
  return lines.map((line) => `${line.replaceAll(time, 'TIME')}\n`).join('')
}

/** Make a pattern of the output in a document: a line `…` stands for any lines. Pure. */
export function patternOf(prints: string): RegExp {
  const parts = comparable(prints).split('…\n').map(literally)
  return new RegExp(`^${parts.join('(?:.*\\n)*?')}$`)
}

const literally = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
