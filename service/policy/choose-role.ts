import { quoteInput, ServiceError } from '../error.js';
import { allowing, type Role } from './role.js';

/**
 * The role under which a trace is started: the first that allows all its probes.
 *
 * @param roles those of the caller that allow the call.
 * @throws ServiceError PROBE_NOT_ALLOWED names the first probe that none of them allows.
 */
export function chooseRole(roles: readonly Role[], probes: readonly string[]): Role {
	const role = roles.find((candidate) =>
		probes.every((probe) => allowing(candidate.probes, probe) !== undefined),
	);
	if (role !== undefined) return role;
	const names = roles.map(({ name }) => name).join(', ');
	const index = probes.findIndex((probe) =>
		roles.every((each) => allowing(each.probes, probe) === undefined),
	);
	if (index < 0) {
		throw new ServiceError(
			'PROBE_NOT_ALLOWED',
			`probes: none of your roles (${names}) allows all of them in one trace; start several traces`,
		);
	}
	const field = `probes[${index}].probe`;
	const description = `is ${quoteInput(probes[index] ?? '')}, which your roles (${names}) do not allow`;
	throw new ServiceError('PROBE_NOT_ALLOWED', `${field} ${description}`, {
		violations: [{ field, description }],
	});
}
