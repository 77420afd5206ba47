import { GO_EXAMPLE, GO_STUB_CLIENT } from './built.js';
import { testStubs } from './stub-tests.js';

const program = (command: string) => ({ command, args: [], env: process.env });

testStubs('Go', {
	client: program(GO_STUB_CLIENT),
	example: program(GO_EXAMPLE),
	exampleSource: 'clients/go/example/main.go',
	readme: 'clients/go/README.md',
});
