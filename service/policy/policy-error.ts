/** A policy that cannot be used; one line that names the place. */
export class PolicyError extends Error {
	override readonly name = 'PolicyError';
}
