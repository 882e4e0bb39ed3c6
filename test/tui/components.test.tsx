import { stripVTControlCharacters } from 'node:util';
import { render } from 'ink-testing-library';
import { describe, expect, it } from 'vitest';
import { App } from '../../source/tui/components/app.tsx';
import { ChoiceList } from '../../source/tui/components/choice-list.tsx';
import { screenModel } from '../../source/tui/view-model/screen.ts';
import type { List } from '../../source/tui/view-model/screen-model.ts';
import { sampleSession, stepperState } from './sample.ts';
import { screenText } from './screen-text.ts';

const ignore = (): void => {};

/** What a terminal shows, without styles, and without blanks at the ends of lines. */
function plain(frame: string | undefined): string {
	return (frame ?? '')
		.split('\n')
		.map((line) => stripVTControlCharacters(line).trimEnd())
		.join('\n');
}

async function settled(): Promise<void> {
	for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
}

describe('the app', () => {
	// The testing library's terminal is 100 columns wide.
	it.each([
		[80, 24],
		[100, 40],
		[40, 12],
		[20, 5],
	])('puts the screen model together at %ix%i', (columns, rows) => {
		const state = stepperState(sampleSession('plain', ['cpu 0', 'cpu 0']), { columns, rows });
		const model = screenModel(state);
		const { lastFrame, unmount } = render(
			<App model={model} columns={columns} rows={rows} onChoose={ignore} onHighlight={ignore} />,
		);
		expect(plain(lastFrame())).toBe(screenText(model));
		unmount();
	});

	it('puts CPUs and panes beside each other where there is room', () => {
		const model = screenModel(stepperState(sampleSession('plain'), { columns: 120, rows: 40 }));
		expect(model.kind).toBe('wide');
	});
});

describe('the choice list', () => {
	const list: List = {
		name: 'numbers',
		width: 30,
		height: 3,
		items: [1, 2, 3, 4, 5].map((number) => ({ value: `n${number}`, label: `number ${number}` })),
		initial: 1,
		pointer: '\u001b[1m> \u001b[0m',
		isActive: true,
	};

	function show(changes: Partial<List> = {}) {
		const chosen: string[] = [];
		const highlighted: string[] = [];
		const tree = (more: Partial<List>) => (
			<ChoiceList
				list={{ ...list, ...changes, ...more }}
				onChoose={(value) => chosen.push(value)}
				onHighlight={(value) => highlighted.push(value)}
			/>
		);
		const { stdin, lastFrame, rerender } = render(tree({}));
		return {
			stdin,
			chosen,
			highlighted,
			frame: () => plain(lastFrame()),
			change: (more: Partial<List>) => rerender(tree(more)),
		};
	}

	it('begins at the entry it is told, and says which is marked and which is chosen', async () => {
		const { stdin, chosen, highlighted, frame } = show();
		expect(frame()).toBe('  number 1\n> number 2\n  number 3');
		await settled();
		stdin.write('\u001b[B');
		await settled();
		expect(frame()).toBe('  number 1\n  number 2\n> number 3');
		stdin.write('\r');
		await settled();
		expect(highlighted).toEqual(['n3']);
		expect(chosen).toEqual(['n3']);
	});

	it('takes no key while something else does', async () => {
		const { stdin, chosen, frame } = show({ isActive: false });
		await settled();
		stdin.write('\u001b[B');
		stdin.write('\r');
		await settled();
		expect(frame()).toContain('> number 2');
		expect(chosen).toEqual([]);
	});

	it('keeps its place when labels change, and takes a new one when it is another list', async () => {
		const { stdin, frame, change } = show();
		await settled();
		stdin.write('\u001b[B');
		await settled();
		change({ items: list.items.map(({ value }) => ({ value, label: `other ${value}` })) });
		expect(frame()).toContain('> other n3');
		change({ name: 'another', initial: 0 });
		expect(frame()).toContain('> number 1');
	});
});
