import { Box, Text } from 'ink';
import { memo } from 'react';
import type { Block } from '../view-model/screen.ts';

/** Painted lines in their place. */
export const BlockView = memo(
	({ block }: { readonly block: Block }) => (
		<Box width={block.width} height={block.height} flexShrink={0} overflow="hidden">
			<Text>{block.text}</Text>
		</Box>
	),
	({ block: a }, { block: b }) => a.text === b.text && a.width === b.width && a.height === b.height,
);
