/**
 * Compute CRC32C, the Castagnoli checksum of Google Cloud (RFC 3720, appendix B.4). `crc32` of
 * `node:zlib` has another polynomial. Pure; the result is an unsigned 32-bit integer.
 */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0)
  }
  return ~crc >>> 0
}
