import { smallest } from '../screen/layout.ts';
import type { AppState } from '../state/state.ts';
import { line } from '../text/styled.ts';
import { block, type ScreenModel } from './screen-model.ts';

/** What a terminal shows that is too small for anything else. */
export function tooSmall({ size, theme }: AppState): ScreenModel {
	const { columns, rows } = size;
	const lines = [
		line(`${columns}x${rows} is too small`, 'warning'),
		line(`mmstep needs ${smallest.columns}x${smallest.rows}`),
		line('q quits', 'dim'),
	];
	return { kind: 'plain', blocks: [block(lines, Math.max(1, columns), Math.max(1, rows), theme)] };
}
