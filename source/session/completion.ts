/** The words that may stand where the cursor is, for the command line. All of them; the caller keeps those that fit. */

import type { Field } from '../language/types.ts';
import { codeScope, compileIn } from './expressions.ts';
import type { Session } from './session.ts';

/** Functions of the model, without its invariants and views. */
export function functionNames({ target }: Session): readonly string[] {
	return target.machine.program.functions.filter(({ role }) => role === 'plain').map(({ name }) => name);
}

/** Functions, and `FILE:` for every file. */
export function locations(session: Session): readonly string[] {
	return [...functionNames(session), ...session.target.machine.program.files.map(({ path }) => `${path}:`)];
}

/** Fields of the struct that an expression is or points to; of every struct when that cannot be told. */
function fieldsOf({ target, timeline, focus }: Session, text: string): readonly Field[] {
	const { program } = target.machine;
	const scope = codeScope(target, timeline.cursor.state, focus);
	// What stands before the path itself, as in `!vb->` or `(vb->`, belongs to the expression around it.
	const path = /[A-Za-z_][\w.>[\]()-]*$/.exec(text)?.[0] ?? '';
	const code = compileIn(program, path, scope);
	const type = code.ok ? code.code.type : null;
	const struct = type?.kind === 'pointer' ? type.to : type;
	if (struct?.kind !== 'struct') return Object.values(program.structs).flatMap(({ fields }) => fields);
	return program.structs[struct.tag]?.fields ?? [];
}

/** Names that an expression may use in the focused frame: locals, globals, constants; after `.` or `->`, fields. */
export function identifiers(session: Session, before: string): readonly string[] {
	const { program } = session.target.machine;
	const prefix = /^(.*?)\w*$/s.exec(before)?.[1] ?? '';
	const word = prefix.slice(prefix.lastIndexOf(' ') + 1);
	const member = /^(.*?)(?:\.|->)$/s.exec(word);
	if (member !== null) {
		const fields = fieldsOf(session, member[1] ?? '').map(({ name }) => name);
		return [...new Set(fields)].map((name) => `${word}${name}`);
	}
	const frames = session.timeline.cursor.state.contexts[session.focus.context]?.frames ?? [];
	const frame = frames[frames.length - 1 - session.focus.frame];
	const fn = frame === undefined ? undefined : program.functions[frame.function];
	const locals =
		frame === undefined || fn === undefined
			? []
			: fn.locals.filter(({ from, to }) => from <= frame.instruction && frame.instruction < to);
	const names = [
		...locals.map(({ name }) => name),
		...program.globals.filter(({ isStatic: _, name }) => !name.startsWith('__')).map(({ name }) => name),
		...functionNames(session),
		...Object.keys(program.constants),
	];
	return [...new Set(names)].map((name) => `${word}${name}`);
}

export function branchNames({ timeline }: Session): readonly string[] {
	return timeline.branches.map(({ name }) => name);
}

/** Points in time. */
export function points(session: Session): readonly string[] {
	const marks = session.schedule?.schedule.entries.map(({ mark }) => mark).filter((mark) => mark !== '') ?? [];
	const branches = branchNames(session).flatMap((name) => [name, `${name}:`]);
	return ['start', 'end', 'violation', ...branches, ...marks];
}

export function scheduleNames({ target }: Session): readonly string[] {
	return target.scenario.schedules.map(({ id }) => id);
}

export function breakpointNumbers({ breakpoints }: Session): readonly string[] {
	return breakpoints.map(({ id }) => String(id));
}
