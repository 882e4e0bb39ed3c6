/** What happened in a step: collects reports and events while the step runs. */

import type { Machine, MachineEvent, ViewRow } from './machine.ts';
import type { Observer } from './store.ts';
import type { Trace } from './trace.ts';
import type { Severity, StackEntry, Violation, ViolationKind } from './violation.ts';

/** Who is running and where, for reports and events. */
export interface Site {
	/** `CPU0`; empty when nobody in particular did it. */
	readonly actor: string;
	readonly context: number;
	/** Index into Program.functions, -1 for hardware. */
	readonly function: number;
	readonly instruction: number;
	readonly depth: number;
	/** Innermost first; empty for hardware. */
	stack(): readonly StackEntry[];
	/** The entry of the stack that reports are about: the innermost that is not inside a library helper. */
	place(): StackEntry;
}

/** What one step may say at most: a model that reports in a loop must not fill the memory. The rest is left out. */
const maxReports = 200;
const maxDetails = 100;
const maxEvents = 20_000;

const nowhere: StackEntry = { function: '', file: '', line: 0 };

/** A site for what no code did: hardware, the end of the run. */
export function hardwareSite(actor: string, context: number): Site {
	return { actor, context, function: -1, instruction: 0, depth: 0, stack: () => [], place: () => nowhere };
}

/** What a journal can be rolled back to. */
export interface JournalMark {
	readonly violations: number;
	readonly events: number;
	readonly traced: number;
	readonly isStopped: boolean;
	readonly silences: number;
}

export class Journal implements Observer {
	readonly violations: Violation[] = [];
	readonly events: MachineEvent[] = [];
	readonly rows: ViewRow[] | null;
	readonly wantsEvents: boolean;
	/** Where what the ops do is noted; null where nobody wants to know. */
	readonly trace: Trace | null;
	/** Who is running now. */
	site: Site;
	/** Set when the running context has crashed; the interpreter takes it from here. */
	isStopped = false;
	private readonly clock: number;
	private readonly muted: readonly string[];
	/** The code of the invariant that is being evaluated, where it stands; null when it has come to its end. */
	evaluated: Pick<Site, 'function' | 'instruction'> | null = null;
	/** While invariants are evaluated: the conditions known to be broken, and those found broken now. */
	private alarms: { readonly known: readonly string[]; readonly found: string[] } | null = null;
	/** Above 0 where events are nobody's business: in ghost regions and invariants. */
	private silences = 0;
	/** Whether the last report was kept, so that its details are. */
	private isReporting = false;

	constructor(
		machine: Machine,
		clock: number,
		site: Site,
		options: { readonly events?: boolean; readonly rows?: ViewRow[]; readonly trace?: Trace } = {},
	) {
		this.muted = machine.mutedKinds;
		this.clock = clock;
		this.site = site;
		this.wantsEvents = options.events ?? false;
		this.rows = options.rows ?? null;
		this.trace = options.trace ?? null;
	}

	event(kind: MachineEvent['kind'], text: string | (() => string), pointer = 0): void {
		if (!this.wantsEvents || this.silences > 0 || this.events.length >= maxEvents) return;
		const { context, function: fn, instruction, depth } = this.site;
		this.events.push({
			kind,
			context,
			function: fn,
			instruction,
			depth,
			pointer,
			text: typeof text === 'string' ? text : text(),
		});
	}

	report(
		severity: Severity,
		kind: ViolationKind,
		title: string,
		details: readonly string[] = [],
		subject: readonly number[] = [],
	): void {
		this.isReporting = false;
		if (this.muted.includes(kind) || this.violations.length >= maxReports) return;
		if (this.alarms !== null) {
			// Names are left out: they are no part of a state, and a search does not have them.
			const { function: fn, instruction } = this.evaluated ?? { function: -1, instruction: -1 };
			const key = [kind, fn, instruction, ...subject].join(' ');
			const { known, found } = this.alarms;
			if (found.includes(key)) return;
			found.push(key);
			if (known.includes(key)) return;
		}
		this.isReporting = true;
		const place = this.site.place();
		this.violations.push({
			kind,
			severity,
			title,
			actor: this.site.actor,
			function: place.function,
			file: place.file,
			line: place.line,
			step: this.clock,
			stack: this.site.stack(),
			details,
		});
	}

	detail(text: string): void {
		const last = this.violations.at(-1);
		if (!this.isReporting || last === undefined || last.details.length >= maxDetails) return;
		this.violations[this.violations.length - 1] = { ...last, details: [...last.details, text] };
	}

	stop(): void {
		this.isStopped = true;
	}

	/**
	 * From here on every report is a condition: one that is in `known` is not reported again.
	 * @returns what to call at the end; it gives the conditions that hold now
	 */
	watchConditions(known: readonly string[]): () => readonly string[] {
		const found: string[] = [];
		this.alarms = { known, found };
		return () => {
			this.alarms = null;
			return found;
		};
	}

	/** Whether a report of severity `violation` was made after the mark. */
	hasViolationSince(mark: JournalMark): boolean {
		return this.violations.slice(mark.violations).some(({ severity }) => severity === 'violation');
	}

	/** Whether what happens now is nobody's business. */
	get isSilenced(): boolean {
		return this.silences > 0;
	}

	/** Keeps no events from here on (1), or undoes that (-1). Nests. */
	silence(by: 1 | -1): void {
		this.silences += by;
	}

	mark(): JournalMark {
		return {
			silences: this.silences,
			violations: this.violations.length,
			events: this.events.length,
			traced: this.trace?.length ?? 0,
			isStopped: this.isStopped,
		};
	}

	/** Forgets what came after the mark. */
	rollBack(mark: JournalMark): void {
		this.violations.length = mark.violations;
		this.events.length = mark.events;
		if (this.trace !== null) this.trace.length = mark.traced;
		this.isStopped = mark.isStopped;
		this.silences = mark.silences;
	}
}
