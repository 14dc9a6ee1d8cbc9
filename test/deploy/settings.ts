import { settings } from '../../src/settings.ts'

/**
 * The variables that Node and OpenTelemetry's exporters read
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
 */
const standard = /^(OTEL_EXPORTER_OTLP_[A-Z_]+|NODE_OPTIONS)$/

/** List the variables of an environment that no program reads. */
export function unknownSettings(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(env).filter((name) => !Object.hasOwn(settings, name) && !standard.test(name))
}
