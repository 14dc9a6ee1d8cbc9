/** One line of the report: a figure of Landfall against another of the same run. */
export interface Comparison {
  readonly what: string
  readonly unit: string
  /** Median over the rounds. */
  readonly landfall: number
  readonly against: string
  readonly other: number
  /** Median over the rounds of Landfall's figure, divided by the other of the same round. */
  readonly ratio: number
  readonly min: number
  readonly max: number
  /** The target of the ratio. */
  readonly reach: { readonly atLeast: number } | { readonly atMost: number }
  readonly reached: boolean
}

/** The two figures of one round. */
export interface Round {
  readonly landfall: number
  readonly other: number
}

type Named = Pick<Comparison, 'what' | 'unit' | 'against' | 'reach'>

/** Compare over rounds, each of which measured both. */
export function compare(named: Named, rounds: readonly Round[]): Comparison {
  const ratios = rounds.map(({ landfall, other }) => landfall / other)
  const ratio = median(ratios)
  const { reach } = named
  return {
    ...named,
    landfall: median(rounds.map(({ landfall }) => landfall)),
    other: median(rounds.map(({ other }) => other)),
    ratio,
    min: Math.min(...ratios),
    max: Math.max(...ratios),
    reached: 'atLeast' in reach ? ratio >= reach.atLeast : ratio <= reach.atMost
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const [low = Number.NaN, high = low] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return (low + high) / 2
}
