/** Whether a release, as uname -r gives it, is this version or a later one; false when it cannot be read. */
export function isKernelAtLeast(release: string, major: number, minor: number): boolean {
	const [, foundMajor, foundMinor] = /^(\d+)\.(\d+)/.exec(release) ?? [];
	if (foundMajor === undefined || foundMinor === undefined) return false;
	return Number(foundMajor) > major || (Number(foundMajor) === major && Number(foundMinor) >= minor);
}
