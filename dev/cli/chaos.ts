import { command, UsageError } from '../../src/cli/command.ts'
import { optional, repeatable, wholeNumber, withDefault } from '../../src/cli/parameters.ts'
import { allKept, reportChaos } from '../chaos/report.ts'
import { runChaos } from '../chaos/run-chaos.ts'
import { isProfile, type ProfileName, profileNames } from '../faults/fault-profiles.ts'

const all = [...profileNames.outages, ...profileNames.accusations]

/**
 * `landfall chaos`: several processes of the service on Google's Spanner emulator, through faults
 * and signals, and an oracle that judges every row and every answer. Exit code 1 and the violations
 * when a promise was broken.
 *
 * @throws {Complaint} when the emulator does not start or ends early
 */
export const chaos = command({
  options: {
    seed: optional(
      'n',
      'the same seed makes the same trouble; else a fresh one',
      wholeNumber(0, 2 ** 32 - 1)
    ),
    minutes: withDefault('n', 'how long the faults last, such as 2 or 0.5', minutesOf, 1),
    processes: withDefault('n', 'processes of the service', wholeNumber(1, 16), 3),
    faults: repeatable(
      'names',
      'kinds of trouble, or groups of them, with commas between',
      faultNames
    )
  },
  details: `
Groups of faults; without --faults, both are injected:
  outages:
${lines(profileNames.outages)}
  accusations:
${lines(profileNames.accusations)}
Exit codes: 0 every promise was kept, 1 one was broken, 2 usage error.`,
  async run({ seed: given, minutes, processes, faults }, { env, print, printError }) {
    const seed = given ?? Math.floor(Math.random() * 2 ** 32)
    print(`The seed is ${seed}: npm run chaos -- --seed ${seed} --minutes ${minutes}`)
    const options = { seed, processes, seconds: minutes * 60, faults: faults?.flat() ?? all }
    const report = await runChaos({ ...options, env, note: printError })
    print(reportChaos(options, report))
    return allKept(report) ? 0 : 1
  }
})

/** Several names in a line, which fits a terminal. */
function lines(names: readonly ProfileName[]): string {
  const five = (at: number) => `    ${names.slice(at, at + 5).join(' ')}`
  return names.flatMap((_each, at) => (at % 5 === 0 ? [five(at)] : [])).join('\n')
}

function minutesOf(text: string): number {
  const minutes = /^\d{1,4}(\.\d{1,3})?$/.test(text) ? Number(text) : 0
  if (minutes > 0) return minutes
  throw new UsageError('Expected a number of minutes, such as 2 or 0.5')
}

function faultNames(text: string): readonly ProfileName[] {
  return text.split(',').flatMap((name) => {
    if (name === 'outages' || name === 'accusations') return profileNames[name]
    if (isProfile(name)) return [name]
    throw new UsageError(`Expected outages, accusations, or some of ${all.join(', ')}`)
  })
}
