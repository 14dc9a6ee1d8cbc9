import { execFileSync } from 'node:child_process'

export interface Process {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

/** All running processes of this machine, without zombies. */
export function processes(): readonly Process[] {
  const text = execFileSync('ps', ['-eo', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' })
  return text.split('\n').flatMap((line) => {
    const [, pid, parent, state = '', command = ''] = /^ *(\d+) +(\d+) +(\S+) (.*)/.exec(line) ?? []
    return pid && !state.startsWith('Z')
      ? [{ pid: Number(pid), parent: Number(parent), command }]
      : []
  })
}

/** The descendants of a process. */
export function descendants(pid: number): readonly Process[] {
  const all = processes()
  const below = (parent: number): readonly Process[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)])
  return below(pid)
}

/** Which of these still run. */
export function stillRunning(pids: readonly number[]): readonly number[] {
  return processes()
    .map(({ pid }) => pid)
    .filter((pid) => pids.includes(pid))
}
