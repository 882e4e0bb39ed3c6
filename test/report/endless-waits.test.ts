import { expect, it } from 'vitest';
import { makeReport } from '../../source/report/make-report.ts';
import { reportText } from '../../source/report/report-text.ts';
import { sessionAfter, targetOf } from './model.ts';

it('says of a wait that nobody can end for what it is, since when, and what the others do', () => {
	const model = `
bool done;
int turn;

void cpu0(void)
{
	WRITE_ONCE(turn, 1);
	wait_event(READ_ONCE(done));
}

void cpu1(void)
{
	WRITE_ONCE(turn, 2);
}
`;
	const report = makeReport(sessionAfter(targetOf(model), 'cpu0; cpu1 until done'));
	const [first] = report.violations;
	expect(first?.kind).toBe('deadlock');
	expect(first?.details[0]).toMatch(
		/^CPU0 waits for the condition at m\.c:\d+: wait_event\(READ_ONCE\(done\)\), since step 1; nobody is left to make it true: CPU1 is done$/,
	);
	expect(reportText(report).join('\n')).toContain('nobody is left to make it true');
});
