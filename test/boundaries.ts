import { cruise } from 'dependency-cruiser'
import { roomCircles, staleImports } from '../build/rooms.ts'
import { forbidden, options, rooms } from './boundary-rules.ts'

/** Check the import rules, and that the check saw the code: a parser that fails sees no modules. */
const { output } = await cruise(['src', 'bin', 'dev', 'test', 'bench', 'build'], {
  ...options,
  ruleSet: { forbidden },
  validate: true
})
if (typeof output === 'string') throw new Error('expected a report, not text')
const { violations, totalDependenciesCruised = 0 } = output.summary
const modules = output.modules.filter(({ source }) => source.startsWith('src/'))

for (const { rule, from, to } of violations) console.error(`${rule.name}: ${from} -> ${to}`)
const faults = [...staleImports(rooms, output.modules), ...roomCircles(rooms)]
for (const line of faults) console.error(line)
console.log(
  `${modules.length} modules of src in ${rooms.length} rooms, ${totalDependenciesCruised} imports, ` +
    `${violations.length + faults.length} violations`
)
if (violations.length + faults.length > 0 || modules.length < 150 || totalDependenciesCruised < 300)
  process.exit(1)
