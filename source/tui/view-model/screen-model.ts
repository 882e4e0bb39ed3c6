/** A whole screen as painted blocks of exact sizes: all that the components have to put beside each other. */

import { fitBlock, type StyledLine } from '../text/styled.ts';
import { paintLines, type Theme } from '../text/theme.ts';

/** Painted lines, exactly `width` by `height` cells. */
export interface Block {
	readonly width: number;
	readonly height: number;
	readonly text: string;
}

/** A list for ink-select-input. */
export interface List {
	/** Another name for another list: a list of that name is set up anew. */
	readonly name: string;
	readonly width: number;
	/** Rows there are for it. */
	readonly height: number;
	readonly items: readonly { readonly value: string; readonly label: string }[];
	/** Index of the entry marked at the beginning. */
	readonly initial: number;
	readonly pointer: string;
	readonly isActive: boolean;
}

export type ScreenModel =
	| { readonly kind: 'plain'; readonly blocks: readonly Block[] }
	/** One above the other. */
	| {
			readonly kind: 'narrow';
			readonly above: Block;
			readonly list: List;
			readonly below: Block;
	  }
	/** CPUs and choices on the left, panes on the right. */
	| {
			readonly kind: 'wide';
			readonly header: Block;
			readonly left: Block;
			readonly list: List;
			readonly separator: Block;
			readonly right: Block;
			readonly below: Block;
	  };

/** Paints lines into a block, cut and filled up to its size. */
export function block(lines: readonly StyledLine[], width: number, height: number, theme: Theme): Block {
	return { width, height, text: paintLines(theme, fitBlock(lines, width, height, theme.glyphs.ellipsis)) };
}
