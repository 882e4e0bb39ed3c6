/** What can run next, what each would do, and why the others cannot. */

import type { ActorStatus } from '../../machine/machine.ts';
import type { Session } from '../../session/session.ts';
import { type StyledLine, span } from '../text/styled.ts';
import type { Theme } from '../theme.ts';
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
