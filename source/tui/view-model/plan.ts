/** Which panes are where on the stepper's screen, and how large. */

import type { Context } from '../../machine/state.ts';
import { computeLayout, isWide, type Layout, type Size, wideRight } from '../screen/layout.ts';
import type { Stepper } from '../state/state.ts';
import type { Theme } from '../text/theme.ts';
import { choiceItems } from './choices.ts';
import { favouritePanes, paneContent, paneNames } from './panes.ts';

export interface Plan {
	readonly layout: Layout;
	/** Contexts that have a column, the focused one among them, in order. */
	readonly contexts: readonly number[];
	/** Panes that Tab goes through: all that are not in sight anyway. */
	readonly tabs: readonly string[];
}

export function planOf(stepper: Stepper, size: Size, theme: Theme): Plan {
	const { session } = stepper;
	const { cursor } = session.timeline;
	const contexts = shownContexts(stepper);
	const isLarge = isWide(size);
	const pinned = !isLarge
		? []
		: favouritePanes(session)
				.filter((id) => id !== stepper.pane)
				.map((id) => ({ id, height: paneContent(stepper, id, wideRight(size.columns), theme).lines.length }));
	const quiet = contexts.flatMap((context, index) => (isQuiet(cursor.state.contexts[context]) ? [index] : []));
	const layout = computeLayout(size, { cpus: contexts.length, quiet, choices: choiceItems(session).length, pinned });
	const inSight = new Set(layout.kind === 'wide' ? layout.pinned.map(({ id }) => id) : []);
	// What the scenario wants to be seen first comes first, in its order.
	const tabs = [...new Set([...favouritePanes(session), ...paneNames(session)])].filter((pane) => !inSight.has(pane));
	const count = layout.kind === 'tooSmall' ? 0 : layout.cpus;
	return { layout, contexts: around(contexts, count, session.focus.context), tabs };
}

/** A CPU that has nothing to show but that it has ended. */
function isQuiet(context: Context | undefined): boolean {
	return context === undefined || context.frames.length === 0;
}

/** CPUs that run something, and the callback context while it is busy. */
function shownContexts({ session }: Stepper): readonly number[] {
	const { machine } = session.target;
	const { contexts } = session.timeline.cursor.state;
	return contexts.flatMap((context, index) => {
		const isCpu = index < machine.configuration.cpus;
		const runs = isCpu ? machine.entries[index] !== null || context.frames.length > 0 : context.frames.length > 0;
		return runs ? [index] : [];
	});
}

/** `count` of the contexts, with the focused one among them. */
function around(contexts: readonly number[], count: number, focused: number): readonly number[] {
	const at = Math.max(0, contexts.indexOf(focused));
	const start = Math.min(Math.max(0, at - count + 1), Math.max(0, contexts.length - count));
	return contexts.slice(start, start + count);
}
