// Plain JavaScript: a Node that cannot read TypeScript still says in one line what it lacks.
const needed = 24

if (Number(process.versions.node.split('.')[0]) < needed) {
  process.stderr.write(`landfall: needs Node ${needed}, and this is ${process.versions.node}\n`)
  process.exit(1)
}
