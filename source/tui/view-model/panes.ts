/** The panes there are, and what each shows. */

import { customTitles } from '../../inspect/custom-views.ts';
import type { StateViews } from '../../inspect/views.ts';
import type { Session, TimelineNode } from '../../session/session.ts';
import type { StyledLine } from '../text/styled.ts';
import type { Theme } from '../text/theme.ts';
import { viewsAt } from './memory.ts';
import { branchLines, diagramLines, logLines, noteLines, violationLines } from './panes/history-panes.ts';
import {
	costLines,
	frameLines,
	lockLines,
	objectLines,
	pageTableLines,
	rcuLines,
	tlbLines,
} from './panes/state-panes.ts';
import { customViewLines } from './panes/strip-view.ts';
import { waitLines } from './panes/wait-pane.ts';
import { watchLines } from './panes/watches.ts';

export interface PaneContent {
	readonly lines: readonly StyledLine[];
	/** The line that should be in sight when the user has not scrolled: the last of a log, the next of a schedule. */
	readonly anchor: number;
}

/** What the panes are made from. */
export interface Scene {
	readonly session: Session;
	/** The point that the present one is compared with. */
	readonly since: TimelineNode | null;
}

/** Panes about the state, in the order in which they are worth seeing; the model's own come before them. */
const statePanes = ['TLBs', 'locks', 'waits', 'page tables', 'pages', 'RCU', 'objects', 'watches', 'costs'] as const;
const historyPanes = ['notes', 'log', 'diagram', 'violations', 'branches'] as const;

/** Names of all panes, in the order of the tabs. */
export function paneNames({ target }: Session): readonly string[] {
	const own = customTitles(target.machine);
	// A model may well draw `pages` itself: then that is what the name means, and the machine's pane says whose it is.
	return [...own, ...[...statePanes, ...historyPanes].map((pane) => (own.includes(pane) ? pane + ofMachine : pane))];
}

const ofMachine = ' of the machine';

/** The pane that a user or a scenario means by `name`: whatever the case, and by the beginning of its name. Null when none. */
export function findPane(session: Session, name: string): string | null {
	const wanted = name.trim().toLowerCase();
	if (wanted === '') return null;
	const names = paneNames(session);
	return (
		names.find((pane) => pane.toLowerCase() === wanted) ??
		names.find((pane) => pane.toLowerCase().startsWith(wanted)) ??
		names.find((pane) => pane.toLowerCase().split(' ').includes(wanted)) ??
		null
	);
}

/** The panes that are most worth a place of their own: those the scenario names, else the model's own and the main ones. */
export function favouritePanes(session: Session): readonly string[] {
	const named = session.target.scenario.panes.map((name) => findPane(session, name)).filter((pane) => pane !== null);
	const favourites = named.length > 0 ? named : [...customTitles(session.target.machine), 'TLBs', 'locks'];
	return [...new Set(favourites)];
}

const contents = new WeakMap<Session, Map<string, PaneContent>>();

/** What a pane shows now, in lines of at most about `width` cells. Worked out once for a session as it is. */
export function paneContent(scene: Scene, pane: string, width: number, theme: Theme): PaneContent {
	const { session, since } = scene;
	let known = contents.get(session);
	if (known === undefined) {
		known = new Map();
		contents.set(session, known);
	}
	const key = `${width} ${theme.isAscii} ${since?.depth} ${pane}`;
	const found = known.get(key);
	if (found !== undefined) return found;
	const made = makeContent(scene, pane, width, theme);
	known.set(key, made);
	return made;
}

function makeContent(scene: Scene, pane: string, width: number, theme: Theme): PaneContent {
	const { session, since } = scene;
	const views = viewsAt(session.target, session.timeline.cursor, since);
	const fromTop = (lines: readonly StyledLine[]): PaneContent => ({ lines, anchor: 0 });
	const fromEnd = (lines: readonly StyledLine[]): PaneContent => ({ lines, anchor: lines.length - 1 });
	if (views.custom.some(({ title }) => title === pane)) return fromTop(customLines(scene, views, pane, width, theme));
	switch (pane.endsWith(ofMachine) ? pane.slice(0, -ofMachine.length) : pane) {
		case 'TLBs':
			return fromTop(tlbLines(views.tlbs, width, theme));
		case 'locks':
			return fromTop(lockLines(views.locks, width, theme));
		case 'waits':
			return fromTop(waitLines(views.waits, width, theme));
		case 'page tables':
			return fromTop(pageTableLines(views.pageTables, theme));
		case 'pages':
			return fromTop(frameLines(views.frames, theme));
		case 'RCU':
			return fromTop(rcuLines(views.rcu, views.interrupts));
		case 'objects':
			return fromTop(objectLines(views.objects, theme));
		case 'watches':
			return fromTop(watchLines(session, theme));
		case 'costs':
			return fromTop(costLines(views.costs, theme));
		case 'notes': {
			const { lines, next } = noteLines(session, width, theme);
			return { lines, anchor: next };
		}
		case 'log':
			return fromEnd(logLines(session, theme));
		case 'diagram':
			return fromEnd(diagramLines(session, width));
		case 'violations':
			return fromTop(violationLines(session, width));
		case 'branches':
			return { lines: branchLines(session, theme), anchor: session.timeline.current };
		default:
			return fromTop([]);
	}
}

function customLines(
	{ session, since }: Scene,
	views: StateViews,
	pane: string,
	width: number,
	theme: Theme,
): readonly StyledLine[] {
	const view = views.custom.find(({ title }) => title === pane);
	if (view === undefined) return [];
	const earlier = since === null ? null : viewsAt(session.target, since, since.parent);
	return customViewLines(view, earlier?.custom.find(({ title }) => title === pane) ?? null, width, theme);
}

/**
 * First line shown of `total` in `height` rows: where the user scrolled to, else so that the anchor is in sight, with
 * something below it.
 */
export function firstLine(content: PaneContent, height: number, scrolled: number | undefined): number {
	const last = Math.max(0, content.lines.length - height);
	if (scrolled !== undefined) return Math.min(Math.max(0, scrolled), last);
	const below = Math.floor(height / 3);
	return Math.min(Math.max(0, content.anchor - (height - 1) + below), last);
}
