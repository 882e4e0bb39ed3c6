/** Title lines: a rule with words in it. */

import { fitLine, lineWidth, type Span, type StyledLine, span } from '../text/styled.ts';
import type { Glyphs } from '../text/theme.ts';

/** `── left ─────── right ──` in exactly `width` cells. */
export function ruleWith(
	left: StyledLine,
	right: StyledLine,
	width: number,
	glyphs: Glyphs,
	isActive = false,
): StyledLine {
	const tone = isActive ? 'active' : 'border';
	const rule = (length: number): Span => ({ text: glyphs.horizontal.repeat(Math.max(0, length)), tone });
	if (width < 6) return [rule(width)];
	const room = width - 4;
	const rightWidth = lineWidth(right);
	const hasRight = rightWidth > 0 && rightWidth + 6 <= room;
	const leftRoom = hasRight ? room - rightWidth - 3 : room;
	const shown = lineWidth(left) > leftRoom ? fitLine(left, leftRoom, glyphs.ellipsis) : left;
	const filled = lineWidth(shown) === 0 ? [rule(2)] : [rule(1), span(' '), ...shown, span(' ')];
	const used = lineWidth(filled) + (hasRight ? rightWidth + 3 : 0);
	return [...filled, rule(width - used), ...(hasRight ? [span(' '), ...right, span(' '), rule(1)] : [])];
}
