import type { DescMessage, Message, MessageInitShape } from '@bufbuild/protobuf';

/** The fields of a request, to be put together from parts. */
export type Init<T extends DescMessage> = Exclude<MessageInitShape<T>, Message>;
