import { cruise } from 'dependency-cruiser'
import { forbidden, options } from './boundary-rules.ts'

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
console.log(
  `${modules.length} modules of src, ${totalDependenciesCruised} imports, ${violations.length} violations`
)
if (violations.length > 0 || modules.length < 150 || totalDependenciesCruised < 300) process.exit(1)
