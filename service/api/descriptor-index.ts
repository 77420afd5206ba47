import {
	type DescriptorProto,
	type EnumDescriptorProto,
	type FieldDescriptorProto,
	FileDescriptorProto,
} from '../gen/google/protobuf/descriptor.js';

/** Answers what reflection asks about a set of proto files. Names are full, without a leading dot. */
export interface DescriptorIndex {
	/** Full names of all services, sorted. */
	readonly services: readonly string[];
	/** The encoded file and all that it imports, itself first; undefined when there is none. */
	fileByName(name: string): Uint8Array[] | undefined;
	/** The same for the file that defines a service, method, message, field, oneof, enum, value or extension. */
	fileContainingSymbol(symbol: string): Uint8Array[] | undefined;
	fileContainingExtension(type: string, number: number): Uint8Array[] | undefined;
	/** Numbers of all extensions of a message, ascending; undefined when there is no such message. */
	extensionNumbersOf(type: string): number[] | undefined;
}

interface IndexedFile {
	readonly bytes: Uint8Array;
	readonly dependencies: readonly string[];
}

/** Indexes encoded FileDescriptorProtos. Of two with the same name the first counts. */
export function createDescriptorIndex(encodedFiles: readonly Uint8Array[]): DescriptorIndex {
	const files = new Map<string, IndexedFile>();
	const fileOfSymbol = new Map<string, string>();
	const fileOfExtension = new Map<string, Map<number, string>>();
	const messages = new Set<string>();
	const services: string[] = [];

	for (const bytes of encodedFiles) {
		// Only to read names: what is sent are the bytes.
		const file = FileDescriptorProto.decode(bytes);
		const { name: path = '', package: root = '' } = file;
		if (files.has(path)) continue;
		files.set(path, { bytes, dependencies: file.dependency });

		/** Adds a symbol and gives back its full name. */
		const add = (scope: string, name = '') => {
			const symbol = scope === '' ? name : `${scope}.${name}`;
			fileOfSymbol.set(symbol, path);
			return symbol;
		};
		const addEnum = (scope: string, { name, value }: EnumDescriptorProto) => {
			add(scope, name);
			// By the rules of protobuf, values stand beside their enum, not in it.
			for (const { name } of value) add(scope, name);
		};
		const addExtension = (scope: string, { name, extendee = '', number = 0 }: FieldDescriptorProto) => {
			add(scope, name);
			const type = withoutDot(extendee);
			const numbers = fileOfExtension.get(type) ?? new Map<number, string>();
			fileOfExtension.set(type, numbers.set(number, path));
		};
		const addMessage = (scope: string, message: DescriptorProto) => {
			const type = add(scope, message.name);
			messages.add(type);
			for (const { name } of [...message.field, ...message.oneofDecl]) add(type, name);
			for (const extension of message.extension) addExtension(type, extension);
			for (const nested of message.enumType) addEnum(type, nested);
			for (const nested of message.nestedType) addMessage(type, nested);
		};

		for (const message of file.messageType) addMessage(root, message);
		for (const declared of file.enumType) addEnum(root, declared);
		for (const extension of file.extension) addExtension(root, extension);
		for (const { name, method } of file.service) {
			const type = add(root, name);
			services.push(type);
			for (const { name } of method) add(type, name);
		}
	}
	services.sort();

	function withImports(name: string | undefined): Uint8Array[] | undefined {
		if (name === undefined || !files.has(name)) return undefined;
		const found = new Set([name]);
		// A set hands out what is added while it is walked.
		for (const next of found) {
			for (const dependency of files.get(next)?.dependencies ?? []) found.add(dependency);
		}
		return [...found].flatMap((next) => files.get(next)?.bytes ?? []);
	}

	return {
		services,
		fileByName: withImports,
		fileContainingSymbol: (symbol) => withImports(fileOfSymbol.get(withoutDot(symbol))),
		fileContainingExtension: (type, number) =>
			withImports(fileOfExtension.get(withoutDot(type))?.get(number)),
		extensionNumbersOf(type) {
			const numbers = fileOfExtension.get(withoutDot(type));
			if (numbers === undefined && !messages.has(withoutDot(type))) return undefined;
			return [...(numbers?.keys() ?? [])].sort((a, b) => a - b);
		},
	};
}

function withoutDot(name: string): string {
	return name.startsWith('.') ? name.slice(1) : name;
}
