import { type Server, type ServerDuplexStream, status } from '@grpc/grpc-js';
import { quoteInput } from '../quote-input.js';
import { createDescriptorIndex, type DescriptorIndex } from './descriptor-index.js';
import { splitDescriptorSet } from './descriptor-set.js';
import { loadReflectionDefinition } from './reflection-definition.js';

/** grpc.reflection.v1.ServerReflectionRequest as proto-loader decodes it: `messageRequest` names the one field set. */
export interface ReflectionRequest {
	readonly host?: string;
	readonly messageRequest?:
		| 'fileByFilename'
		| 'fileContainingSymbol'
		| 'fileContainingExtension'
		| 'allExtensionNumbersOfType'
		| 'listServices';
	readonly fileByFilename?: string;
	readonly fileContainingSymbol?: string;
	readonly fileContainingExtension?: { readonly containingType: string; readonly extensionNumber: number };
	readonly allExtensionNumbersOfType?: string;
	readonly listServices?: string;
}

/** The oneof of grpc.reflection.v1.ServerReflectionResponse. */
export type ReflectionAnswer =
	| { readonly fileDescriptorResponse: { readonly fileDescriptorProto: readonly Uint8Array[] } }
	| {
			readonly allExtensionNumbersResponse: {
				readonly baseTypeName: string;
				readonly extensionNumber: readonly number[];
			};
	  }
	| { readonly listServicesResponse: { readonly service: readonly { readonly name: string }[] } }
	| { readonly errorResponse: { readonly errorCode: status; readonly errorMessage: string } };

type ReflectionResponse = ReflectionAnswer & {
	readonly validHost: string;
	readonly originalRequest: ReflectionRequest;
};

interface ReflectionOptions {
	/**
	 * An encoded google.protobuf.FileDescriptorSet of all that the server serves, with all imports. Served as it is,
	 * custom options included.
	 */
	readonly descriptorSet: Uint8Array;
}

/** Serves reflection, for all services of the set, so that grpcurl needs no files. */
export function addReflection(server: Server, { descriptorSet }: ReflectionOptions): void {
	// Most nodes are never asked.
	let index: DescriptorIndex | undefined;
	const serverReflectionInfo = (call: ServerDuplexStream<ReflectionRequest, ReflectionResponse>) => {
		call.on('data', (request: ReflectionRequest) => {
			index ??= createDescriptorIndex(splitDescriptorSet(descriptorSet));
			const response = { validHost: request.host ?? '', originalRequest: request, ...answer(index, request) };
			if (call.write(response)) return;
			// A caller who asks and does not read must not fill the memory.
			call.pause();
			call.once('drain', () => call.resume());
		});
		call.on('end', () => call.end());
	};
	for (const version of ['v1', 'v1alpha'] as const) {
		server.addService(loadReflectionDefinition(version), { serverReflectionInfo });
	}
}

/** Answers one question. */
export function answer(index: DescriptorIndex, request: ReflectionRequest): ReflectionAnswer {
	switch (request.messageRequest) {
		case 'fileByFilename': {
			const name = request.fileByFilename ?? '';
			return files(index.fileByName(name), `there is no file ${quoteInput(name)}`);
		}
		case 'fileContainingSymbol': {
			const symbol = request.fileContainingSymbol ?? '';
			return files(index.fileContainingSymbol(symbol), `there is no symbol ${quoteInput(symbol)}`);
		}
		case 'fileContainingExtension': {
			const { containingType: type = '', extensionNumber: number = 0 } =
				request.fileContainingExtension ?? {};
			const found = index.fileContainingExtension(type, number);
			return files(found, `${quoteInput(type)} has no extension ${number}`);
		}
		case 'allExtensionNumbersOfType': {
			const type = request.allExtensionNumbersOfType ?? '';
			const extensionNumber = index.extensionNumbersOf(type);
			if (extensionNumber === undefined) return failure(`there is no message ${quoteInput(type)}`);
			return { allExtensionNumbersResponse: { baseTypeName: type, extensionNumber } };
		}
		case 'listServices':
			return { listServicesResponse: { service: index.services.map((name) => ({ name })) } };
		default:
			return failure('the request asks for nothing this service knows', status.INVALID_ARGUMENT);
	}
}

function files(fileDescriptorProto: readonly Uint8Array[] | undefined, missing: string): ReflectionAnswer {
	return fileDescriptorProto === undefined
		? failure(missing)
		: { fileDescriptorResponse: { fileDescriptorProto } };
}

function failure(errorMessage: string, errorCode = status.NOT_FOUND): ReflectionAnswer {
	return { errorResponse: { errorCode, errorMessage } };
}
