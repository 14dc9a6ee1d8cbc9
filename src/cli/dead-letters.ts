import { type Command, usageError } from './command.ts'
import { discard } from './dead-letters/discard.ts'
import { list } from './dead-letters/list.ts'
import { replay } from './dead-letters/replay.ts'
import { show } from './dead-letters/show.ts'

const help = `landfall dead-letters: work with the events that could not land.

  landfall dead-letters list              show the open letters, the latest first
  landfall dead-letters show ID           show one letter and what arrived
  landfall dead-letters replay [ID…]      land letters again, after what was wrong is mended
  landfall dead-letters discard ID…       say that letters need nothing more; nothing is deleted

Filters, for list, replay and discard; those that can be given several times mean any of these:
  --reason CODE     why it could not land, as in docs/failures.md; several times
  --type TYPE       type of the event; several times
  --source SOURCE   source of the event; several times
  --status STATUS   open (default), replayed, discarded, any; not for discard
  --since TIME      seen last at or after: an RFC 3339 time, or how long ago (30m, 2h, 7d)
  --until TIME      seen last before

list:     --limit N    show so many (default: 100)
replay:   --limit N    replay so many at most
          --dry-run    say what would become of each, and write nothing
          --force      also those that were replayed 10 times in vain
discard:  --all        every open letter
          --yes        do not ask
--json (list, show, replay) prints one JSON object per line.

The store is the one of the service: SPANNER_DATABASE, or EMBEDDED_FILE; SCHEMAS_DIR has the contracts.
Exit codes: 0 done, 1 some letters did not land or are not there, 2 not a command, 130 interrupted.
`

const commands: Readonly<Record<string, Command>> = { list, show, replay, discard }

/** `landfall dead-letters`: list, show, replay and discard what could not land. */
export const deadLetters: Command = async (args, around) => {
  const [name = '--help', ...rest] = args
  if (args.length === 0 || args.includes('--help') || args.includes('-h')) {
    around.print(help.trimEnd())
    return 0
  }
  const command = commands[name]
  if (!command) throw usageError('usage: landfall dead-letters list | show | replay | discard')
  return command(rest, around)
}
