import { Box, useInput, usePaste } from 'ink';
import type { ScreenModel } from '../view-model/screen-model.ts';
import { BlockView } from './block.tsx';
import { ChoiceList, type ListHandlers } from './choice-list.tsx';

export interface AppProps extends ListHandlers {
	readonly model: ScreenModel;
	readonly columns: number;
	readonly rows: number;
}

/** The whole screen. Keys do not come through here: they are read before Ink sees them (input/key-stream). */
export function App({ model, columns, rows, onChoose, onHighlight }: AppProps) {
	// These two keep the terminal in raw mode and in bracketed paste mode as long as the screen is there.
	useInput(ignore);
	usePaste(ignore);
	return (
		<Box width={columns} height={rows} flexDirection="column">
			<Content model={model} onChoose={onChoose} onHighlight={onHighlight} />
		</Box>
	);
}

function ignore(): void {}

function Content({ model, onChoose, onHighlight }: { readonly model: ScreenModel } & ListHandlers) {
	switch (model.kind) {
		case 'plain':
			return model.blocks.map((block, index) => <BlockView key={index} block={block} />);
		case 'narrow':
			return (
				<>
					<BlockView block={model.above} />
					<ChoiceList list={model.list} onChoose={onChoose} onHighlight={onHighlight} />
					<BlockView block={model.below} />
				</>
			);
		case 'wide':
			return (
				<>
					<BlockView block={model.header} />
					<Box flexShrink={0}>
						<Box flexDirection="column" flexShrink={0}>
							<BlockView block={model.left} />
							<ChoiceList list={model.list} onChoose={onChoose} onHighlight={onHighlight} />
						</Box>
						<BlockView block={model.separator} />
						<BlockView block={model.right} />
					</Box>
					<BlockView block={model.below} />
				</>
			);
		default:
			return model satisfies never;
	}
}
