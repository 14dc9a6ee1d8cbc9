import type { status } from '@grpc/grpc-js'

/** An answer with a status other than OK, in the form that the gRPC server sends. */
export interface Refusal extends Error {
  readonly code: status
  readonly details: string
}

/** Make the answer that refuses a call. */
export function refusal(code: status, details: string): Refusal {
  return Object.assign(new Error(details), { code, details })
}

/** Report whether an error is the answer to a call, and not a fault of the model. */
export const isRefusal = (error: unknown): error is Refusal =>
  error instanceof Error && 'code' in error && 'details' in error
