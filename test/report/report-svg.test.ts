import { describe, expect, it } from 'vitest';
import type { BugReport, DrawnEvent } from '../../source/report/bug-report.ts';
import { reportSvg } from '../../source/report/report-svg.ts';
import { readXml, type XmlElement } from './xml.ts';

function event(step: number, column: number, text: string, more: Partial<DrawnEvent> = {}): DrawnEvent {
	const plain = {
		depth: 0,
		kind: 'call',
		comment: '',
		point: null,
		omitted: 0,
		function: 'f',
		file: 'f.c',
		line: 1,
	} as const;
	return { ...plain, step, column, text, ...more };
}

const events = [
	event(1, 0, 'move_page_tables()'),
	event(1, 0, 'lock(D1.ptl)', { kind: 'lock', depth: 1 }),
	event(4, 1, 'try_to_unmap_one()', { point: 1, comment: 'has found the table by its old address' }),
	event(7, 0, 'a call with a name and arguments that are much too long for one line of a lane', { depth: 2 }),
	event(9, 1, 'stale TLB entry', { kind: 'violation' }),
];

function reportOf(drawn: readonly DrawnEvent[], more: Partial<BugReport> = {}): BugReport {
	return {
		format: 'mmstep-report',
		version: 1,
		tool: 'mmstep 0.1.0',
		subject: 'mm/mremap: stale TLB entry [model]',
		summary: ['Two CPUs disagree.'],
		scenario: { id: 'race', title: 'A race', source: { subject: '', author: '', date: '', messageId: '' } },
		kernel: { id: 'old', title: 'The old one' },
		program: { id: 'mail', title: 'As in the mail' },
		options: [],
		memoryModel: 'sc',
		codeHash: '0123456789abcdef',
		schedule: null,
		steps: 9,
		drawing: {
			columns: [
				{ actor: 'CPU0', role: 'mremap', context: 0 },
				{ actor: 'CPU1', role: 'reclaim', context: 1 },
			],
			events: drawn,
			isFull: false,
			omitted: 0,
		},
		points: [{ number: 1, step: 4, text: 'It holds no lock that the mover takes.' }],
		violations: [],
		state: { before: { step: 0, text: '' }, after: { step: 9, text: '' }, tables: [] },
		kernels: null,
		reproduce: [],
		notes: [],
		remarks: [],
		...more,
	};
}

const drawn = readXml(reportSvg(reportOf(events)));
const texts = drawn.filter(({ name }) => name === 'text');
const lanes = drawn.filter(({ attributes }) => attributes.class === 'lane');
const at = ({ attributes }: XmlElement, key: string): number => Number(attributes[key]);

function find(text: string): XmlElement {
	const found = texts.find((element) => element.text === text);
	if (found === undefined) throw new Error(`there is no text ${text}`);
	return found;
}

describe('a drawing as a picture', () => {
	it('has a title and a description for those who cannot see it', () => {
		expect(drawn[0]).toMatchObject({
			name: 'svg',
			attributes: { role: 'img', 'aria-labelledby': 'title description' },
		});
		const ids = drawn.filter(({ attributes }) => attributes.id !== undefined);
		expect(ids.map(({ name, attributes }) => [name, attributes.id])).toEqual([
			['title', 'title'],
			['desc', 'description'],
		]);
		expect(ids[1]?.text).toContain('Two CPUs disagree.');
		expect(ids[1]?.text).toContain('CPU0 (mremap), CPU1 (reclaim)');
	});

	it('puts each event into the lane of its CPU, downwards in order of time, the harm last', () => {
		expect(lanes).toHaveLength(2);
		for (const { text, column } of events.filter(({ depth }) => depth < 2)) {
			const element = find(text);
			const lane = lanes[column];
			if (lane === undefined) throw new Error('no lane');
			expect(at(element, 'x')).toBeGreaterThanOrEqual(at(lane, 'x'));
			expect(at(element, 'x') + at(element, 'textLength')).toBeLessThanOrEqual(
				at(lane, 'x') + at(lane, 'width') + 0.02,
			);
		}
		const order = ['move_page_tables()', 'lock(D1.ptl)', 'try_to_unmap_one()', 'stale TLB entry'].map((text) =>
			at(find(text), 'y'),
		);
		expect(order).toEqual(order.toSorted((a, b) => a - b));
		expect(find('stale TLB entry').attributes.class).toBe('harm');
		expect(at(find('lock(D1.ptl)'), 'x')).toBeGreaterThan(at(find('move_page_tables()'), 'x'));
	});

	it('breaks what is too long for a lane, and stays on the page', () => {
		const width = at(drawn[0] as XmlElement, 'width');
		const height = at(drawn[0] as XmlElement, 'height');
		for (const element of texts.filter(({ attributes }) => attributes.textLength !== undefined)) {
			expect(at(element, 'x') + at(element, 'textLength')).toBeLessThanOrEqual(width);
			expect(at(element, 'y')).toBeLessThan(height);
			expect(element.text).toBe(element.text.trim());
		}
		expect(texts.some(({ text }) => text.includes('a call with a name and arguments that are much too long'))).toBe(
			false,
		);
	});

	it('puts who waits into one pair of brackets', () => {
		const waits = reportSvg(reportOf([event(1, 0, '(waits for mutex m)', { kind: 'wait' })]));
		expect(readXml(waits).map(({ text }) => text)).toContain('[ waits for mutex m ]');
	});

	it('numbers each step once, and the points', () => {
		expect(texts.filter(({ attributes }) => attributes.class === 'step').map(({ text }) => text)).toEqual([
			'1',
			'4',
			'7',
			'9',
		]);
		expect(texts.filter(({ attributes }) => attributes.class === 'badge-number').map(({ text }) => text)).toEqual([
			'1',
		]);
		find('(1) It holds no lock that the mover takes.');
	});

	it('lets no text of anybody out of its place', () => {
		const evil = `</text><script>x("&'")</script>\u001b[31m\u0000\ufffe\u202e]]>`;
		const source = reportSvg(
			reportOf([event(1, 0, evil, { comment: evil })], {
				subject: evil,
				summary: [evil],
				points: [{ number: 1, step: 1, text: evil }],
				program: { id: evil, title: evil },
				tool: evil,
			}),
		);
		const elements = readXml(source);
		expect(new Set(elements.map(({ name }) => name))).toEqual(
			new Set(['svg', 'title', 'desc', 'style', 'rect', 'text']),
		);
		expect(elements.find(({ name }) => name === 'title')?.text).toContain(`<script>x("&'")</script>`);
	});

	it('keeps to a size that can be looked at', () => {
		const many = Array.from({ length: 5000 }, (_, index) => event(index + 1, index % 2, `step_${index + 1}()`));
		const found = readXml(reportSvg(reportOf(many))).map(({ text }) => text);
		expect(found).toContain('step_5000()');
		expect(found).not.toContain('step_1()');
		expect(found).toContain('... 4000 earlier events are not in this picture');
	});

	it('can be made of nothing', () => {
		const empty = reportOf([], { points: [] });
		readXml(reportSvg({ ...empty, drawing: { ...empty.drawing, columns: [] } }));
	});
});
