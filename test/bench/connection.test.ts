import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openConnection } from '../../bench/load/connection.ts'

/** A server that answers each request by writing these pieces, one when the one before has been read. */
async function answering(...pieces: readonly string[]) {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.setNoDelay().on('data', async () => {
      for (const piece of pieces) {
        await new Promise((resolve) => socket.write(piece, resolve))
        await new Promise(setImmediate)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const connection = await openConnection(port)
  onTestFinished(() => {
    connection.close()
    server.close()
  })
  return { connection, sockets }
}

const request = Buffer.from('GET / HTTP/1.1\r\n\r\n')

test('returns the status when the answer is complete, however it is split, and can be used again', async () => {
  const answer = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n\r\nlater'
  const { connection, sockets } = await answering(...answer)
  expect(await connection.send(request)).toBe(503)
  expect(await connection.send(request)).toBe(503)
  expect(sockets).toHaveLength(1)
})

test('does not wait for a body after 204', async () => {
  const { connection } = await answering('HTTP/1.1 204 No Content\r\n\r\n')
  expect(await connection.send(request)).toBe(204)
})

test('reconnects when the server has closed', async () => {
  const { connection, sockets } = await answering('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
  expect(await connection.send(request)).toBe(200)
  sockets[0]?.destroy()
  await expect.poll(() => connection.send(request).catch(() => 0)).toBe(200)
  expect(sockets).toHaveLength(2)
})

test('fails when the server closes instead of answering', async () => {
  const { connection, sockets } = await answering()
  const sent = connection.send(request)
  await expect.poll(() => sockets.length).toBe(1)
  sockets[0]?.destroy()
  await expect(sent).rejects.toThrow('closed the connection')
})

test('fails at an answer whose length it cannot know', async () => {
  const { connection } = await answering('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
  await expect(connection.send(request)).rejects.toThrow('without content-length')
})
