import { parser } from '@prometheus-io/lezer-promql'

/** One time series that an expression reads. */
export interface Selected {
  readonly metric: string
  /** Labels that it is selected by, and that the aggregations around it keep or drop. */
  readonly labels: readonly string[]
}

type Tree = ReturnType<typeof parser.parse>['topNode']

/**
 * Return the series that a PromQL expression reads, by Prometheus' own grammar. Pure.
 *
 * @throws {Error} when it is not PromQL
 */
export function selectedBy(expression: string): readonly Selected[] {
  const found: Selected[] = []
  const text = ({ from, to }: Tree) => expression.slice(from, to)
  const all = (node: Tree, name: string): readonly Tree[] => [
    ...(node.name === name ? [node] : []),
    ...childrenOf(node).flatMap((child) => all(child, name))
  ]
  const visit = (node: Tree, kept: readonly string[]): void => {
    if (node.type.isError) {
      throw new Error(`not PromQL at ${node.from}: ${expression.slice(node.from, node.from + 20)}`)
    }
    const grouping = childrenOf(node).filter(({ name }) => name === 'AggregateModifier')
    const labels = [...kept, ...grouping.flatMap((one) => all(one, 'LabelName').map(text))]
    if (node.name === 'VectorSelector') {
      const [metric] = all(node, 'Identifier').map(text)
      if (!metric) throw new Error(`a selector without a metric: ${text(node)}`)
      found.push({ metric, labels: [...labels, ...all(node, 'LabelName').map(text)] })
    }
    for (const child of childrenOf(node)) visit(child, labels)
  }
  visit(parser.parse(expression).topNode, [])
  return found
}

function childrenOf(node: Tree): readonly Tree[] {
  const children: Tree[] = []
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child)
  return children
}
