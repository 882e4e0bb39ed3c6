import { setupItems } from '../state/setup.ts';
import type { AppState, Picker } from '../state/state.ts';
import { fitText, type StyledLine, span, type Tone } from '../text/styled.ts';

/** The entries of a list, and what there is to know about the one that is marked. */
export interface PickerContent {
	readonly items: readonly { readonly value: string; readonly line: StyledLine }[];
	readonly highlighted: number;
	/** About the highlighted entry; paragraphs. */
	readonly about: readonly { readonly text: string; readonly tone: Tone }[];
}

export function pickerContent(state: AppState, screen: Picker): PickerContent {
	switch (screen.kind) {
		case 'scenarios': {
			const { catalogue } = state;
			const entry = catalogue[screen.highlighted];
			return {
				items: catalogue.map(({ id, title }) => ({ value: id, line: [span(title)] })),
				highlighted: screen.highlighted,
				about:
					entry === undefined
						? [{ text: 'There is no scenario: `mmstep new FOLDER` writes one to begin with.', tone: 'warning' }]
						: [
								{ text: entry.id, tone: 'dim' },
								{ text: entry.summary, tone: 'plain' },
							],
			};
		}
		case 'kernels': {
			const { scenario, highlighted } = screen;
			const kernel = scenario.kernels[highlighted];
			const { subject, author, date } = scenario.source;
			const origin = [subject, [author, date].filter((part) => part !== '').join(', ')].filter((part) => part !== '');
			return {
				items: scenario.kernels.map(({ id, title }) => ({
					value: id,
					line: [span(id.padEnd(longest(scenario.kernels.map((entry) => entry.id))), 'strong'), span(`  ${title}`)],
				})),
				highlighted,
				about: [
					{ text: kernel?.summary ?? '', tone: 'plain' },
					{ text: '', tone: 'plain' },
					{ text: scenario.title, tone: 'heading' },
					{ text: scenario.proves === '' ? scenario.summary : scenario.proves, tone: 'plain' },
					...(origin.length > 0 ? [{ text: `From: ${origin.join(' - ')}`, tone: 'dim' as const }] : []),
				],
			};
		}
		case 'setup': {
			const items = setupItems(screen.setup);
			const width = Math.min(Math.floor(state.size.columns * 0.6), Math.max(...items.map(({ label }) => label.length)));
			const { theme } = state;
			const { scenario, kernel } = screen.setup;
			return {
				items: items.map(({ value, label, shown }) => ({
					value,
					line: [
						span(fitText(label, width, theme.glyphs.ellipsis), value === 'start' ? 'good' : 'plain'),
						span(shown === '' ? '' : `  ${shown}`, 'strong'),
					],
				})),
				highlighted: screen.highlighted,
				about: [
					{ text: items[screen.highlighted]?.explanation ?? '', tone: 'plain' },
					{ text: '', tone: 'plain' },
					{ text: scenario.kernels.find(({ id }) => id === kernel)?.title ?? kernel, tone: 'heading' },
					{ text: scenario.kernels.find(({ id }) => id === kernel)?.summary ?? '', tone: 'plain' },
				],
			};
		}
		default:
			return screen satisfies never;
	}
}

function longest(texts: readonly string[]): number {
	return Math.min(28, Math.max(0, ...texts.map((text) => text.length)));
}
