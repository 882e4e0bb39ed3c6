/** Thrown when a command cannot do what it was asked; the message says why and what to do instead, a line each. */
export class CommandError extends Error {
	override readonly name = 'CommandError';
}
