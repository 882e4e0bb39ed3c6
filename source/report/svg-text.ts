/** The few elements of SVG that a drawing needs, as text. */

import { plainLine } from '../language/plain-text.ts';

const entities: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&apos;',
};

/** A text of anybody's as XML: escaped, on one line, without what XML 1.0 does not allow. */
export function xmlText(text: string): string {
	return plainLine(text)
		.replaceAll(/[\ufffe\uffff]/g, '?')
		.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}

type Attributes = Readonly<Record<string, string | number>>;

/** `<name a="1">content</name>`. Attribute values are escaped, `content` is markup. */
export function element(name: string, attributes: Attributes, content = ''): string {
	const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${xmlText(String(value))}"`);
	return content === '' ? `<${name}${pairs.join('')}/>` : `<${name}${pairs.join('')}>${content}</${name}>`;
}

/**
 * A line of ASCII in a grid: `width` is what one character takes. The length is given with the text, so that columns stay where
 * they are in whatever fixed-width font the reader has.
 */
export function gridText(x: number, y: number, text: string, width: number, attributes: Attributes = {}): string {
	if (text === '') return '';
	const length = round(text.length * width);
	return element(
		'text',
		{ x: round(x), y: round(y), textLength: length, lengthAdjust: 'spacingAndGlyphs', ...attributes },
		xmlText(text),
	);
}

/** Two decimals are enough for anything on a screen. */
export function round(number: number): number {
	return Math.round(number * 100) / 100;
}
