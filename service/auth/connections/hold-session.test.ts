import assert from 'node:assert/strict';
import { connect, createServer } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, Socket } from 'node:net';
import { test } from 'node:test';
import { holdSession } from './hold-session.js';

test('the native half of a session is found on the socket that a server was given', async (t) => {
	const http2 = createServer();
	const found: boolean[] = [];
	const listener = createTcpServer((socket) => {
		http2.emit('connection', socket);
		found.push(holdSession(socket));
	});
	await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
	const { port } = listener.address() as AddressInfo;
	const client = connect(`http://127.0.0.1:${port}`);
	t.after(() => listener.close());
	await new Promise((resolve) => client.once('remoteSettings', resolve));
	client.close();
	assert.deepEqual(found, [true]);
});

test('a socket without a session has none', () => {
	assert.equal(holdSession(new Socket()), false);
});
