import type { status } from '@grpc/grpc-js'

/** An answer with a status other than OK, in the form that the gRPC server sends. */
export function refusal(code: status, message: string): Error & { readonly code: status } {
  return Object.assign(new Error(message), { code, details: message })
}
