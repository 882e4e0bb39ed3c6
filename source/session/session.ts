/**
 * The debugger: one immutable value that every front end (screen, command line, tests) drives through `execute`.
 * A command is a line of text; a key is a command. Files, terminals and clocks are not touched here: what has to happen at the
 * edge comes back as an `Effect`.
 */

import type { Question } from '../explore/goal.ts';
import type { Choice, Grain } from '../machine/machine.ts';
import type { MachineState } from '../machine/state.ts';
import type { Violation } from '../machine/violation.ts';
import type { ScenarioSchedule, Target } from '../scenario/scenario.ts';

/** What made a node from its parent. */
export interface Action {
	readonly choice: Choice;
	readonly grain: Grain;
}

/** A point of the timeline. Nodes are linked from child to parent and never change. */
export interface TimelineNode {
	readonly parent: TimelineNode | null;
	/** An ancestor further up, so that any step is reached in a logarithm of jumps. */
	readonly jump: TimelineNode | null;
	/** The nearest ancestor that reports anything, so that reports are found without walking a long history. */
	readonly earlierReport: TimelineNode | null;
	/** Steps from the start. */
	readonly depth: number;
	readonly action: Action | null;
	readonly state: MachineState;
	readonly violations: readonly Violation[];
	/** Whether the step went as far as its grain says; false when it had to stop to wait. */
	readonly completed: boolean;
}

export interface Branch {
	/** `main`, `b2`, or what the user called it. */
	readonly name: string;
	readonly tip: TimelineNode;
}

/** The tree of everything that was tried, and where one stands in it. */
export interface Timeline {
	readonly root: TimelineNode;
	readonly branches: readonly Branch[];
	/** Index of the branch one is on; the cursor is its tip or an ancestor of it. */
	readonly current: number;
	readonly cursor: TimelineNode;
	/** Bytes that all its states take together, estimated. */
	readonly weight: number;
}

export type Breakpoint = {
	readonly id: number;
	readonly enabled: boolean;
	readonly hits: number;
	/** Deleted when it is hit for the first time (`tbreak`). */
	readonly temporary: boolean;
	/** Whether its condition failed to evaluate and the user has been told. */
	readonly complained: boolean;
} & (
	| { readonly kind: 'function'; readonly function: string; readonly condition: string | null }
	| { readonly kind: 'line'; readonly file: string; readonly line: number; readonly condition: string | null }
	/** Stops when the value changes. */
	| {
			readonly kind: 'watch';
			readonly expression: string;
			readonly context: number;
			/** Function in whose scope it was set and is evaluated; null when it speaks of globals only. */
			readonly scope: { readonly function: number; readonly instruction: number } | null;
	  }
);

export interface Display {
	readonly id: number;
	readonly expression: string;
	/** CPU in whose scope names are looked up. */
	readonly context: number;
}

export interface UserNote {
	readonly branch: string;
	readonly depth: number;
	readonly text: string;
}

/** Following one of the scenario's schedules. */
export interface ScheduleProgress {
	readonly schedule: ScenarioSchedule;
	/** Index of the entry to run next; entries.length at the end. */
	readonly next: number;
	/** Depth at which each finished entry ended, on the way from the start to `at`. */
	readonly ends: readonly number[];
	/** Where following it stopped; it goes on from here. */
	readonly at: TimelineNode;
	/** Progress inside the entry `next` when a breakpoint or a report stopped it in the middle; null between entries. */
	readonly partial: {
		readonly taken: number;
		/** Where the line of a `line` entry is being executed; null before it is reached. */
		readonly inside: { readonly depth: number; readonly line: number } | null;
	} | null;
}

export interface Session {
	readonly target: Target;
	readonly timeline: Timeline;
	readonly breakpoints: readonly Breakpoint[];
	readonly displays: readonly Display[];
	readonly notes: readonly UserNote[];
	readonly schedule: ScheduleProgress | null;
	/** CPU (and stack frame, 0 innermost) whose scope expressions use: the one that moved last, or as `focus`, `up`, `down` set it. */
	readonly focus: { readonly context: number; readonly frame: number };
	/** Number for the next breakpoint or display. */
	readonly nextId: number;
	/** The expression of the last `last` or `next-change`, so that it need not be typed again; empty when there was none. */
	readonly followed: string;
	/** Why the last command that moved stopped: `breakpoint 1, vb_free at vmalloc.c:88`, `violation`, `end of schedule`; empty otherwise. */
	readonly stop: string;
}

export type OutputLine = {
	readonly tone: 'plain' | 'heading' | 'error' | 'violation' | 'warning' | 'dim';
	readonly text: string;
};

/** Something to look for in what can still happen. */
export interface FindRequest {
	readonly question: Question;
	/** The condition as it was typed; empty for a violation. */
	readonly text: string;
	/** Whether to go there. */
	readonly go: boolean;
}

/** What has to happen outside: the front end does it, or says that it cannot. */
export type Effect =
	| { readonly kind: 'quit' }
	/** `numbered`: the name was not the user's choice, so a number may be put before its extension when the file exists. */
	| { readonly kind: 'record'; readonly file: string; readonly numbered?: boolean }
	| { readonly kind: 'stopRecording' }
	| {
			readonly kind: 'report';
			readonly format: 'text' | 'markdown' | 'json' | 'itf' | 'svg' | 'asciicast';
			readonly file: string | null;
	  }
	/** To put the report into the clipboard of the user's terminal. */
	| { readonly kind: 'copyReport' }
	| { readonly kind: 'pane'; readonly pane: string }
	/** To search from the cursor on, and to hand the result to `arrived`. */
	| { readonly kind: 'find'; readonly request: FindRequest }
	| { readonly kind: 'help'; readonly topic: string | null }
	| { readonly kind: 'picker' };

export interface CommandResult {
	readonly session: Session;
	readonly output: readonly OutputLine[];
	readonly effects: readonly Effect[];
	/** True when a run was cut short by something the user should see, so that repeated keys waiting behind it are dropped. */
	readonly stopped: boolean;
}

/** One entry of the command table; keys, the `:` line, help, reference and completion are all made from it. */
export interface Command {
	readonly name: string;
	readonly aliases: readonly string[];
	readonly group: 'stepping' | 'running' | 'time' | 'stops' | 'looking' | 'session' | 'screen';
	/** `break FUNCTION | FILE:LINE [if EXPR]`. */
	readonly usage: string;
	/** One line. */
	readonly summary: string;
	/** Further paragraphs for `help COMMAND`. */
	readonly help: string;
	/** Words that may stand where the cursor is. */
	readonly complete: (session: Session, before: string) => readonly string[];
	readonly run: (session: Session, argument: string) => CommandResult;
}
