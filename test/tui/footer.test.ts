import { describe, expect, it } from 'vitest';
import { loadBundled } from '../../source/scenario/bundled.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { startSession } from '../../source/session/commands.ts';
import { stepperFooter } from '../../source/tui/view-model/frame-lines.ts';

function footer(scenario: string, schedule: string | undefined): string {
	const session = startSession(buildTarget(loadBundled(scenario), { schedule }), schedule);
	return stepperFooter(session, 100)
		.map(({ text }) => text)
		.join('');
}

describe('the footer of the debugger', () => {
	it('names the schedule whose next entry a key takes', () => {
		expect(footer('vmap-stale-tlb', 'mail')).toContain('m mail');
		expect(footer('fuse-write', 'own-file')).toContain('m own-file');
	});

	it('has no such key without a schedule', () => {
		expect(footer('fuse-write', undefined)).not.toMatch(/\bm /);
	});
});
