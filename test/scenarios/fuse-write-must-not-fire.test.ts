import { describe, expect, it } from 'vitest';
import { follow, kindsReported } from './follow.ts';
import { driveTo, legalSituation } from './legal-situation.ts';

const id = 'fuse-write';
const waitsForServer = 'fuse_req[0].state == FUSE_REQ_SENT && sleeps_for[0] == "the server"';
/** Pages 0 to 2 are F's, 3 to 5 G's; the number of the CPU that has it locked plus 1, or 0. */
const owners = (value: (expression: string) => number) =>
	[0, 1, 2, 3, 4, 5].map((page) => value(`page_owner[${page}]`));

describe('FUSE writes: legal, and not reported', () => {
	it('a writer that waits for the server with no page locked', () => {
		const rest = ['cpu1 until blocked', 'cpu0 until done', 'cpu1 until done'];
		const { value } = legalSituation(id, { kernel: 'fixed', program: 'anonymous' }, ['cpu0 until blocked'], rest);
		expect(value(waitsForServer)).toBe(1);
		expect(owners(value)).toEqual([0, 0, 0, 0, 0, 0]);
	});

	it('a writer that waits for the server with a partial last page locked that nobody needs', () => {
		const rest = ['cpu1 until blocked', 'cpu0 until done', 'cpu1 until done'];
		const selection = { kernel: 'fixed', program: 'anonymous', options: { tail: 'partial' } };
		const { value } = legalSituation(id, selection, ['cpu0 until blocked'], rest);
		expect(value(waitsForServer)).toBe(1);
		expect(owners(value)).toEqual([0, 0, 1, 0, 0, 0]);
		expect(value('F.page[2].uptodate')).toBe(0);
	});

	it('(but the same page is a deadlock when the server needs it)', () => {
		expect(kindsReported(follow(id, { kernel: 'fixed', schedule: 'server' }))).toEqual(['deadlock']);
	});

	it.each(['one-page', 'relock', 'drop-before-fault', 'fixed'])(
		'a copy that fails, with its page locked: %s',
		(kernel) => {
			const steps = ['cpu0 until line "copied ="', 'cpu2 until zap_user_page returns', 'cpu0 line "copied ="'];
			const rest = [
				'cpu2 until done',
				'cpu0 until blocked',
				'cpu1 until blocked',
				'cpu0 until done',
				'cpu1 until done',
			];
			const again = kernel === 'one-page' || kernel === 'drop-before-fault';
			const serve = again ? ['cpu0 until blocked', 'cpu1 until blocked'] : [];
			const { value } = legalSituation(id, { kernel, program: 'retry' }, steps, [
				...rest.slice(0, 3),
				...serve,
				...rest.slice(3),
			]);
			expect(value('anonymous.pte[0]')).toBe(0);
			expect(owners(value)).toEqual([0, 1, 0, 0, 0, 0]);
		},
	);

	it('a copy that fails time and again, as long as the write gets on', () => {
		const round = [
			'cpu0 until line "copied ="',
			'cpu2 until zap_user_page returns',
			'cpu0 line "fuse_unlock_page(page)"',
		];
		const rest = ['cpu0 until blocked', 'cpu1 until blocked', 'cpu0 until done', 'cpu1 until done', 'cpu2 until done'];
		const { value, end } = legalSituation(id, { kernel: 'fixed', program: 'retry' }, [...round, ...round], rest);
		expect(owners(value)).toEqual([0, 0, 0, 0, 0, 0]);
		expect(value('fuse_req[0].state == FUSE_REQ_NONE')).toBe(1);
		expect(value('F.page[1].uptodate && F.page[2].uptodate', end)).toBe(1);
	});

	it('(but a page that stays locked over the next fault-in is warned of)', () => {
		const steps = ['cpu0 until line "ia->count++"', 'cpu0 until touch_user_page called'];
		const { reports, value } = driveTo(id, { kernel: 'old', program: 'anonymous' }, steps, []);
		expect(owners(value)).toEqual([0, 1, 0, 0, 0, 0]);
		expect(reports.map(({ severity, kind }) => `${severity} ${kind}`)).toEqual(['warning deadlock']);
	});

	it('data that were shown before the server refused them are a note, and no more', () => {
		const steps = ['cpu0 until blocked', 'cpu1 until blocked', 'cpu2 until done', 'cpu0 until done'];
		const { reports, value } = driveTo(id, { kernel: 'fixed', program: 'server-killed' }, steps, ['cpu1 until done']);
		expect(reports.map(({ severity, kind }) => `${severity} ${kind}`)).toEqual(['note torn-read', 'note torn-read']);
		expect(value('F.page[1].uptodate || F.page[2].uptodate')).toBe(0);
	});

	it('everybody waits only until help comes from outside, and that is no deadlock', () => {
		const steps = ['cpu0 until blocked', 'cpu1 until blocked'];
		const rest = ['cpu2 until done', 'cpu0 until done', 'cpu1 until done'];
		const { reports, value } = driveTo(id, { kernel: 'old', program: 'server-killed' }, steps, rest);
		expect(value(`${waitsForServer} && page_owner[2] == 1`)).toBe(1);
		expect(reports.filter(({ severity }) => severity === 'violation')).toEqual([]);
	});
});
