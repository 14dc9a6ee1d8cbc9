import { settings } from '../../src/settings.ts'

/** What Node and OpenTelemetry's exporters read by themselves (https://opentelemetry.io/docs/specs/otel/protocol/exporter/). */
const standard = /^(OTEL_EXPORTER_OTLP_[A-Z_]+|NODE_OPTIONS)$/

/** The variables of an environment that nothing reads. */
export function unknownSettings(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(env).filter((name) => !Object.hasOwn(settings, name) && !standard.test(name))
}
