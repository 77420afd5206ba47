import { InvalidArgumentError } from 'commander';
import { parseAddress } from '../typescript/address.js';
import { parseDuration } from './duration.js';

/** Makes a parser for commander: its RangeErrors become usage errors. */
export function optionParser<Value>(parse: (text: string) => Value): (text: string) => Value {
	return (text) => {
		try {
			return parse(text);
		} catch (error) {
			throw error instanceof RangeError ? new InvalidArgumentError(error.message) : error;
		}
	};
}

/** Reads `host:port` and gives it back. */
export const addressOption = optionParser((text) => {
	parseAddress(text);
	return text;
});

/** An option of a probe, as it was written. */
export interface WrittenOption {
	readonly name: string;
	readonly value: string;
}

/** Reads NAME=VALUE behind those that came before. */
export function writtenOption(text: string, before: readonly WrittenOption[] = []): readonly WrittenOption[] {
	const equals = text.indexOf('=');
	if (equals < 1) throw new InvalidArgumentError('Give NAME=VALUE, for example calls=openat,close.');
	return [...before, { name: text.slice(0, equals), value: text.slice(equals + 1) }];
}

/** Reads a duration into milliseconds of at most `maxMs`. */
export function durationOption(maxMs: number, maxText: string): (text: string) => number {
	return optionParser((text) => {
		const milliseconds = parseDuration(text);
		if (milliseconds > maxMs) throw new RangeError(`It can be at most ${maxText}.`);
		return milliseconds;
	});
}

/** Reads a whole number from `min` to `max`. */
export function integerOption(min: number, max: number): (text: string) => number {
	return optionParser((text) => {
		const value = Number(text);
		if (!/^\d+$/.test(text) || value < min || value > max) {
			throw new RangeError(`Give a whole number from ${min} to ${max}.`);
		}
		return value;
	});
}
