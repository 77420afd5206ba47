// A client process that reads a trace until it is killed: reader ADDRESS IDENTITY TRACE_ID
import { connect, decodeEnvelope } from '../../clients/typescript/index.js';

const [, , address = '', identity = '', traceId = ''] = process.argv;
const client = connect({ address, identity });
let messages = 0;
for await (const bytes of client.streamRaw({ traceId })) {
	decodeEnvelope(bytes);
	if (++messages === 1) console.log('reading');
}
client.close();
