import ts from 'typescript'

const options: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext
}

/**
 * Return TypeScript's errors for a value as a literal of a type, including unknown properties.
 * `type` may use what `declarations` imports. No file is written.
 */
export function faultsOf(value: unknown, type: string, declarations: string): readonly string[] {
  const file = `${import.meta.dirname}/satisfies-virtual.ts`
  const source = `${declarations}\nexport const value = ${JSON.stringify(value)} satisfies ${type}\n`
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  host.fileExists = (name) => name === file || fileExists(name)
  host.getSourceFile = (name, ...rest) =>
    name === file
      ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2024)
      : getSourceFile(name, ...rest)
  const program = ts.createProgram([file], options, host)
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}
