import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { explainListenFailure } from '../auth/connections/listen-error.js';
import type { Metrics } from './metrics.js';

const LOOPBACK = '127.0.0.1';
const REQUEST_MS = 10_000;

/** Serves metrics over HTTP on loopback only: they need no identity, and tell what everybody's traces do. */
export interface MetricsServer {
	readonly port: number;
	close(): Promise<void>;
}

/** @param port 0: a free one. @throws Error with one line when the port cannot be had. */
export async function serveMetrics(metrics: Metrics, port: number): Promise<MetricsServer> {
	const server = createServer((request, response) => {
		if (request.url !== '/metrics' || request.method !== 'GET') {
			response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /metrics\n');
			return;
		}
		metrics.text().then(
			(text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
			(error: unknown) => response.writeHead(500, { 'content-type': 'text/plain' }).end(`${String(error)}\n`),
		);
	});
	server.requestTimeout = REQUEST_MS;
	await listen(server, port);
	return {
		port: (server.address() as AddressInfo).port,
		close() {
			server.closeAllConnections();
			return new Promise((resolve) => {
				server.close(() => resolve());
			});
		},
	};
}

function listen(server: Server, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', (error) =>
			reject(explainListenFailure(error, LOOPBACK, port, '--metrics-port PORT')),
		);
		server.listen(port, LOOPBACK, resolve);
	});
}
