import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { PYTHON, PYTHON_ENV } from './built.js';
import { testStubs } from './stub-tests.js';

const EXAMPLE = 'clients/python/example.py';

const program = (path: string) => ({ command: PYTHON, args: [join(PACKAGE_ROOT, path)], env: PYTHON_ENV });

testStubs('Python', {
	client: program('test/sdk/stub_client.py'),
	example: program(EXAMPLE),
	exampleSource: EXAMPLE,
	readme: 'clients/python/README.md',
});
