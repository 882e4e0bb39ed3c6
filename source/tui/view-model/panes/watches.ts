/** Displayed expressions, watchpoints and breakpoints. */

import { contextName } from '../../../machine/describe.ts';
import { displayValues } from '../../../session/arrival.ts';
import type { Breakpoint, Session } from '../../../session/session.ts';
import { line, type StyledLine, span } from '../../text/styled.ts';
import { table } from '../../text/table.ts';
import type { Theme } from '../../text/theme.ts';

export function watchLines(session: Session, theme: Theme): readonly StyledLine[] {
	const values = displayValues(session).map((display): readonly StyledLine[] => [
		[
			display.changed ? span(theme.glyphs.changed, 'changed') : span(' '),
			span(`${display.id}: `, 'dim'),
			span(display.expression, 'strong'),
		],
		[span(display.value, display.changed ? 'changed' : display.ok ? 'plain' : 'dim')],
		[span(display.context, 'dim')],
	]);
	const stops = session.breakpoints.map(
		(breakpoint): StyledLine => [
			span(breakpoint.enabled ? `${theme.glyphs.breakpoint}` : ' ', 'violation'),
			span(`${breakpoint.id}: `, 'dim'),
			span(breakpointText(session, breakpoint), breakpoint.enabled ? 'plain' : 'dim'),
			span(breakpoint.enabled ? '' : '  (disabled)', 'dim'),
			span(breakpoint.hits === 0 ? '' : `  hit ${breakpoint.hits} time${breakpoint.hits === 1 ? '' : 's'}`, 'dim'),
		],
	);
	if (values.length === 0 && stops.length === 0) {
		return [
			[span(' :display EXPRESSION', 'key'), span('  shows a value after every step', 'dim')],
			[span(' :watch EXPRESSION', 'key'), span('    stops when a value changes', 'dim')],
			[span(' :break FUNCTION', 'key'), span('      stops there; b sets one at this line', 'dim')],
		];
	}
	return [
		...table(values, { gap: 2, widest: [40, 60], ellipsis: theme.glyphs.ellipsis }),
		...(stops.length === 0 ? [] : [line(' stops', 'heading'), ...stops]),
	];
}

function breakpointText({ target }: Session, breakpoint: Breakpoint): string {
	const condition = (text: string | null): string => (text === null ? '' : ` if ${text}`);
	switch (breakpoint.kind) {
		case 'function':
			return `${breakpoint.function}${condition(breakpoint.condition)}`;
		case 'line':
			return `${breakpoint.file}:${breakpoint.line}${condition(breakpoint.condition)}`;
		case 'watch':
			return `change of ${breakpoint.expression}${
				breakpoint.scope === null ? '' : ` in ${contextName(target.machine, breakpoint.context)}`
			}`;
		default:
			return breakpoint satisfies never;
	}
}
