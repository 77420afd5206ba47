/** Where lines go, each written before the call returns. */
export interface LineWriter {
	/** Writes a line that has its end, whole or not at all. @throws Error that says why it is not there. */
	write(line: string): void;
	/** @throws Error when there is no room for some more lines, as far as can be known without writing them. */
	requireRoom(): void;
	/** Opens the file by its name again: something else may have put it aside. @throws Error; the old one stays. */
	reopen(): void;
	close(): void;
}
