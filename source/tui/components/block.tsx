import { Box, Text } from 'ink';
import { createContext, memo, useContext, useInsertionEffect, useMemo } from 'react';
import type { CanvasBoard } from '../screen/canvas.ts';
import type { Block } from '../view-model/screen-model.ts';

/** Where blocks are put for the screen stream. Without one (in tests, say) Ink draws them itself. */
export const BoardContext = createContext<CanvasBoard | null>(null);

/** Painted lines in their place. */
export const BlockView = memo(
	({ block }: { readonly block: Block }) => {
		const board = useContext(BoardContext);
		const { width, height, text } = block;
		return (
			<Box width={width} height={height} flexShrink={0}>
				{board === null ? <Text>{text}</Text> : <CanvasView block={block} board={board} />}
			</Box>
		);
	},
	({ block: a }, { block: b }) => a.text === b.text && a.width === b.width && a.height === b.height,
);

function CanvasView({ block, board }: { readonly block: Block; readonly board: CanvasBoard }) {
	const mark = useMemo(() => board.claim(), [board]);
	// Ink draws when React has committed: the lines must be on the board before that.
	useInsertionEffect(
		() => board.set(mark, { width: block.width, lines: block.text.split('\n') }),
		[block, board, mark],
	);
	useInsertionEffect(() => () => board.release(mark), [board, mark]);
	return <Text>{mark}</Text>;
}
