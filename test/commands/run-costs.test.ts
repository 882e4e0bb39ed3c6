import { describe, expect, it } from 'vitest';
import { mmstep } from './command-line.ts';

describe('run --costs', () => {
	it('prints the counters and the projection of the model, and neither drawing nor state', async () => {
		const { status, out } = await mmstep(
			'run',
			'mremap-pageout/accepted',
			'--program',
			'mail',
			'--schedule',
			'cpu0 until done',
			'--costs',
		);
		expect(status).toBe(0);
		expect(out).toMatch(/^ *1 +PMD entries moved$/m);
		expect(out).toMatch(/^ *1 +flush calls$/m);
		expect(out).toMatch(/^costs of 1 gb:\n {2}entries +this run PTE 0, PMD 1, PUD 0 +1 GB PTE 0, PMD 512, PUD 0$/m);
		expect(out).not.toMatch(/state after|move_normal_pmd/);
	});
});
