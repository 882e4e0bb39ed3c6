/** The lines of a text that lies over the screen. */

import type { OutputLine } from '../../session/session.ts';
import type { Overlay } from '../state/state.ts';
import { line, type StyledLine, span, type Tone, wrapParagraphs } from '../text/styled.ts';
import { textWidth } from '../text/width.ts';
import { helpLines } from './help.ts';

const outputTones: Readonly<Record<OutputLine['tone'], Tone>> = {
	plain: 'plain',
	heading: 'heading',
	error: 'error',
	violation: 'violation',
	warning: 'warning',
	dim: 'dim',
};

/** The lines of an overlay at a width. */
export function overlayLines(overlay: Overlay, width: number): readonly StyledLine[] {
	if (overlay.kind === 'help') return helpLines(width);
	return overlay.lines.flatMap(({ tone, text }) => {
		// What fits is kept as it is: it may be a table or source, laid out with blanks.
		if (textWidth(span(text).text) <= width - 1) return [line(` ${text}`, outputTones[tone])];
		return wrapParagraphs(text, width - 2).map((part) => line(` ${part}`, outputTones[tone]));
	});
}
