// Runs one target in JavaScript under jazzer.js, which measures coverage of our code and of the filters' parser: run-target.js
// NAME ARGUMENT…, with the arguments of libFuzzer and directories of inputs. Ends with the fuzzer, whatever is still open.
import { join } from 'node:path';
import { OptionSource, OptionsManager, startFuzzing } from '@jazzer.js/core';
import { PACKAGE_ROOT } from '../../service/paths.js';

/** Those whose function gives a promise; it costs the others half of their runs. */
const ASYNC = new Set(['calls', 'recording']);

/** Far more than any input takes, also on a busy machine. */
const RUN_TIMEOUT_MS = 60_000;

const [name = '', ...fuzzerOptions] = process.argv.slice(2);
const options = new OptionsManager(OptionSource.DefaultCLIOptions).merge(
	{
		fuzzTarget: `file://${join(PACKAGE_ROOT, 'dist/test/fuzz/targets', `${name}.js`)}`,
		fuzzEntryPoint: 'fuzz',
		includes: ['dist/service', 'dist/clients', 'cel-js'],
		// They look for faults that a service of ours cannot have, such as commands made of input, and cost half of the runs.
		disableBugDetectors: ['.*'],
		sync: !ASYNC.has(name),
		// libFuzzer's own is given as an argument.
		timeout: RUN_TIMEOUT_MS,
		fuzzerOptions,
	},
	OptionSource.CommandLineArguments,
);
const { returnCode } = await startFuzzing(options);
process.exit(returnCode);
