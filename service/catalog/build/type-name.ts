import { type DescField, ScalarType } from '@bufbuild/protobuf';

/** The type of a field, for people. */
export function typeName(field: DescField): string {
	switch (field.fieldKind) {
		case 'scalar':
			return ScalarType[field.scalar].toLowerCase();
		case 'enum':
			return field.enum.typeName;
		case 'message':
			return field.message.typeName;
		case 'list':
			return field.listKind === 'scalar'
				? `repeated ${ScalarType[field.scalar].toLowerCase()}`
				: 'repeated message';
		default:
			return field.fieldKind;
	}
}
