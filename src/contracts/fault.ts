/** One thing that is wrong with a file under schemas/. */
export interface Fault {
  readonly file: string
  /** JSON Pointer into the file. */
  readonly pointer: string
  /** What is wrong, and what was expected. */
  readonly message: string
}

/** Record a fault of the current file. */
export type ReportFault = (pointer: string, message: string) => void

/** Print a fault on one line: `file#/pointer: message`. */
export function formatFault({ file, pointer, message }: Fault): string {
  return `${file}#${pointer}: ${message.replaceAll('\n', ' ')}`
}

/** Report faults below a pointer of the file. */
export function below(report: ReportFault, base: string): ReportFault {
  return (pointer, message) => report(`${base}${pointer}`, message)
}

/** List what a check of one file reports. */
export function collectFaults(
  file: string,
  check: (report: ReportFault) => void
): readonly Fault[] {
  const faults: Fault[] = []
  check((pointer, message) => void faults.push({ file, pointer, message }))
  return faults
}
