import { settings } from '../../src/settings.ts'

/**
 * Settings that the service reads besides its own
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/,
 * https://cloud.google.com/run/docs/container-contract#env-vars).
 */
const standard = /^(OTEL_[A-Z_]+|NODE_OPTIONS|GOOGLE_CLOUD_PROJECT)$/

/** The variables of an environment that nothing reads. */
export function unknownSettings(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(env).filter((name) => !Object.hasOwn(settings, name) && !standard.test(name))
}
