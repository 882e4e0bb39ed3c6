/** What can run next, what each would do, and why the others cannot. */

import type { Outlook, Prospect } from '../../explore/lookahead.ts';
import type { ActorStatus } from '../../machine/machine.ts';
import { actorName } from '../../machine/step.ts';
import type { Session } from '../../session/session.ts';
import { fitLine, lineWidth, type Span, type StyledLine, span } from '../text/styled.ts';
import type { Theme } from '../text/theme.ts';
import { actorsAt } from './memory.ts';

export interface ChoiceItem {
	/** Names the actor and its alternative; the same in two states for the same possibility. */
	readonly value: string;
	/** The line for `execute`. */
	readonly command: string;
	readonly isReady: boolean;
	readonly isWaiting: boolean;
	/** Key that does the same, or empty. */
	readonly key: string;
	/** `CPU0`, `rcu`. */
	readonly actor: string;
	/** What the step would do, or why it cannot be made. */
	readonly text: string;
}

/** The entries of the choice list: every CPU with a program, and whatever else could run or waits. */
export function choiceItems({ target, timeline }: Session): readonly ChoiceItem[] {
	const { cpus } = target.machine.configuration;
	return actorsAt(target, timeline.cursor).flatMap((status): ChoiceItem[] => {
		const isCpu = status.actor < cpus;
		const hasWork = isCpu && target.machine.entries[status.actor] !== null;
		if (!hasWork && status.status !== 'ready' && status.status !== 'waiting') return [];
		const number = status.actor <= cpus ? status.actor : (status.actor - cpus - 1) % cpus;
		const key = isCpu && status.actor < 10 ? String(status.actor) : status.actor === cpus ? 'r' : '';
		const actor = isCpu ? `CPU${number}` : status.name;
		if (status.status !== 'ready') {
			return [
				{
					value: `${status.name}.0`,
					command: `why-not ${status.name}`,
					isReady: false,
					isWaiting: status.status === 'waiting',
					key,
					actor,
					text: reason(status),
				},
			];
		}
		return status.alternatives.map((text, alternative) => ({
			value: `${status.name}.${alternative}`,
			command: commandOf(status, number, alternative, isCpu),
			isReady: true,
			isWaiting: false,
			key: alternative === 0 ? key : '',
			actor,
			text,
		}));
	});
}

function commandOf(status: ActorStatus, number: number, alternative: number, isCpu: boolean): string {
	const word = isCpu ? `cpu ${number}` : status.name.replace(/(\d+)$/, ' $1');
	return status.alternatives.length > 1 && !isCpu ? `${word} ${alternative}` : word;
}

function reason({ status, wait }: ActorStatus): string {
	switch (status) {
		case 'waiting':
			return wait?.text ?? 'waits';
		case 'done':
			return 'has run to its end';
		case 'dead':
			return 'was stopped by a fatal report';
		case 'idle':
			return 'has nothing to run';
		case 'ready':
			return '';
		default:
			return status satisfies never;
	}
}

/** What is known of the future of each entry, by its value; empty while nothing is. */
export type Prospects = ReadonlyMap<string, Prospect>;

/** The prospects of the entries, from the outlook at the cursor. */
export function prospectsOf({ target }: Session, outlook: Outlook | null): Prospects {
	const choices = outlook?.choices ?? [];
	return new Map(
		choices.map(({ choice, prospect }) => [
			`${actorName(target.machine, choice.actor)}.${choice.alternative}`,
			prospect,
		]),
	);
}

/** Width from which there is room for whole sentences beside the entries. */
const roomForWords = 60;

/** `violation in 12 steps`, `cannot go wrong any more`, `not known yet (200 states)`; shorter where there is little room. */
export function prospectSpan(prospect: Prospect, width: number): Span {
	const isShort = width < roomForWords;
	switch (prospect.kind) {
		case 'violation': {
			const steps = `${prospect.steps}${isShort ? '' : ` step${prospect.steps === 1 ? '' : 's'}`}`;
			return span(isShort ? `wrong in ${steps}` : `violation in ${steps}`, 'violation');
		}
		case 'safe':
			return span(isShort ? 'safe' : 'cannot go wrong any more', 'good');
		case 'unknown':
			return span(isShort ? '?' : `not known yet (${prospect.states} states)`, 'dim');
		default:
			return prospect satisfies never;
	}
}

/** An entry in exactly `width` cells, with its prospect at the right. */
export function choiceRow(item: ChoiceItem, prospect: Prospect | undefined, width: number, theme: Theme): StyledLine {
	const { ellipsis } = theme.glyphs;
	if (prospect === undefined || !item.isReady) return fitLine(choiceLine(item, theme), width, ellipsis);
	const right = prospectSpan(prospect, width);
	const room = width - lineWidth([right]) - 1;
	return room < 12
		? fitLine(choiceLine(item, theme), width, ellipsis)
		: [...fitLine(choiceLine(item, theme), room, ellipsis), span(' '), right];
}

/** An entry as a line, without the list's own mark of the chosen one. */
export function choiceLine(item: ChoiceItem, theme: Theme): StyledLine {
	const { isReady } = item;
	return [
		span(item.key === '' ? '  ' : `${item.key} `, isReady ? 'key' : 'dim'),
		span(`${item.actor} `.padEnd(6), isReady ? 'strong' : 'dim'),
		span(item.isWaiting ? `${theme.glyphs.waiting} ` : '', 'warning'),
		span(item.text, isReady ? 'plain' : 'dim'),
	];
}
