import { z } from 'zod';
import { policySchema } from './policy-file.js';

/** The JSON schema of policies, for editors: draft 2020-12. */
export function policyJsonSchema(): object {
	return {
		title: 'Policy of a Sonde node',
		...z.toJSONSchema(policySchema, { io: 'input', target: 'draft-2020-12' }),
	};
}
