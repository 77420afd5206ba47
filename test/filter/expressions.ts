// Random expressions of the filter language, each right by its types.
import fc from 'fast-check';

/** Texts that expressions and events share, so that comparisons hold now and then. */
const TEXTS = [
	'',
	'a',
	'ab',
	'abc',
	'/etc/',
	'/etc/passwd',
	'/usr/lib/x86_64-linux-gnu/libc.so.6',
	'bash',
	'é',
	'aé漢b',
];
export const textArbitrary = fc.oneof(
	fc.constantFrom(...TEXTS),
	fc.string({ unit: fc.constantFrom('a', 'b', '/', 'é', '漢', ' '), maxLength: 40 }),
	fc.tuple(fc.constantFrom(...TEXTS), fc.constantFrom(...TEXTS)).map((parts) => parts.join('')),
);

const NUMBERS = [
	0n,
	1n,
	-1n,
	2n,
	3n,
	7n,
	-3n,
	100n,
	255n,
	-128n,
	32_767n,
	65_535n,
	2_147_483_647n,
	-2_147_483_648n,
];
const LARGE = [
	4_294_967_295n,
	2n ** 33n,
	-(2n ** 33n),
	2n ** 62n,
	2n ** 63n - 1n,
	-(2n ** 63n),
	3_037_000_500n,
];
export const numberArbitrary = fc.oneof(
	{ weight: 4, arbitrary: fc.constantFrom(...NUMBERS) },
	{ weight: 1, arbitrary: fc.constantFrom(...LARGE) },
	{ weight: 1, arbitrary: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n) },
);

const INT_FIELDS = [
	...['long_number', 'unsigned_long', 'number', 'unsigned_number', 'short_number', 'unsigned_short'],
	...['byte_number', 'unsigned_byte', 'KIND_TWO'],
];
const ADDRESSES = ['10.0.0.1', '10.1.2.3', '192.168.7.9', '::1', '2001:db8::5', 'fe80::1'];
const NETWORKS = [
	'10.0.0.0/8',
	'10.0.0.0/30',
	'192.168.0.0/16',
	'2001:db8::/32',
	'::/0',
	'0.0.0.0/0',
	'fe80::/10',
];

/** Addresses that events have. */
export const addressArbitrary = fc.constantFrom(...ADDRESSES);

const quoted = (text: string) => JSON.stringify(text);
const literal = (value: bigint) => String(value);

interface Expressions {
	readonly bool: string;
	readonly int: string;
}

const { bool } = fc.letrec<Expressions>((tie) => {
	const int = tie('int');
	const condition = tie('bool');
	const textField = fc.constantFrom('text', 'name');
	const numbers = (least: number, most: number) =>
		fc.array(numberArbitrary.map(literal), { minLength: least, maxLength: most });
	const texts = (most: number) => fc.array(textArbitrary.map(quoted), { maxLength: most });
	return {
		int: fc.oneof(
			{ maxDepth: 4, withCrossShrink: true },
			fc.constantFrom(...INT_FIELDS),
			numberArbitrary.map(literal),
			fc.tuple(int, fc.constantFrom('+', '-', '*'), int).map(([a, op, b]) => `(${a} ${op} ${b})`),
			// By -1 the interpreter leaves the range of an int.
			fc
				.tuple(
					int,
					fc.constantFrom('/', '%'),
					fc.constantFrom('unsigned_byte', 'unsigned_short', '7', '-3', '0'),
				)
				.map(([a, op, b]) => `(${a} ${op} ${b})`),
			fc
				.tuple(fc.constantFrom('bitAnd', 'bitOr', 'bitXor', 'bitShiftLeft', 'bitShiftRight'), int, int)
				.map(([name, a, b]) => `math.${name}(${a}, ${b})`),
			int.map((a) => `math.bitNot(${a})`),
			fc.tuple(condition, int, int).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
			textField.map((field) => `size(${field})`),
			textField.map((field) => `size(bytes(${field}))`),
		),
		bool: fc.oneof(
			{ maxDepth: 4, withCrossShrink: true },
			fc.tuple(int, fc.constantFrom('==', '!=', '<', '<=', '>', '>='), int).map((parts) => parts.join(' ')),
			fc.constantFrom('flag', 'true', 'false'),
			fc.tuple(condition, fc.constantFrom('&&', '||'), condition).map(([a, op, b]) => `(${a} ${op} ${b})`),
			condition.map((a) => `!(${a})`),
			fc.tuple(condition, condition, condition).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
			fc
				.tuple(condition, fc.constantFrom('==', '!='), condition)
				.map(([a, op, b]) => `((${a}) ${op} (${b}))`),
			fc.tuple(int, numbers(0, 5)).map(([a, list]) => `${a} in [${list.join(', ')}]`),
			fc.tuple(int, numbers(17, 60)).map(([a, list]) => `${a} in [${list.join(', ')}]`),
			fc
				.tuple(textField, fc.constantFrom('==', '!=', '<', '<=', '>', '>='), textArbitrary.map(quoted))
				.map((parts) => parts.join(' ')),
			fc
				.tuple(textField, fc.constantFrom('startsWith', 'endsWith', 'contains'), textArbitrary.map(quoted))
				.map(([field, name, text]) => `${field}.${name}(${text})`),
			fc.tuple(textField, texts(5)).map(([field, list]) => `${field} in [${list.join(', ')}]`),
			fc
				.tuple(textField, fc.array(textArbitrary, { minLength: 17, maxLength: 40 }))
				.map(([field, list]) => `${field} in [${list.map(quoted).join(', ')}]`),
			addressArbitrary.map((text) => `address == ip(${quoted(text)})`),
			fc.constantFrom(...NETWORKS).map((text) => `address in cidr(${quoted(text)})`),
			fc
				.array(fc.constantFrom(...NETWORKS), { minLength: 1, maxLength: 20 })
				.map((list) => `address in [${list.map((text) => `cidr(${quoted(text)})`).join(', ')}]`),
			fc
				.tuple(fc.constantFrom('<', '>=', '=='), fc.constantFrom('10ms', '1h', '-1s', '0s', '1.5s'))
				.map(([op, text]) => `wait_ns ${op} duration(${quoted(text)})`),
		),
	};
});

/** Conditions. */
export const expressionArbitrary: fc.Arbitrary<string> = bool;
