/** The pane of the wait-for graph. */

import type { WaitGraph } from '../../../inspect/views.ts';
import { drawWaits, type WaitLine } from '../../../inspect/wait-drawing.ts';
import { type StyledLine, span, type Tone } from '../../text/styled.ts';
import type { Theme } from '../../text/theme.ts';

export function waitLines(graph: WaitGraph, width: number, theme: Theme): readonly StyledLine[] {
	const lines = drawWaits(graph, width - 1, theme);
	if (lines.length === 0) return [[span(' nobody waits', 'dim')]];
	return lines.map((line) => {
		const tone = toneOf(line);
		return [
			span(line.changed ? theme.glyphs.changed : ' ', 'changed'),
			span(line.rails, line.inCycle ? 'bad' : 'border'),
			span(line.words, tone),
			span(line.remark === '' ? '' : `  ${line.remark}`, 'dim'),
		];
	});
}

function toneOf({ kind, inCycle, changed }: WaitLine): Tone {
	switch (kind) {
		case 'cycle':
			return 'violation';
		case 'actor':
			return inCycle ? 'bad' : 'strong';
		case 'wait':
			return inCycle ? 'bad' : changed ? 'changed' : 'plain';
		default:
			return kind satisfies never;
	}
}
