import type { Reporter, TestModule } from 'vitest/node';

/** Prints "N passed, N failed[, N skipped]" as the last line. A file that fails to load counts as one failure. */
export default class SummaryReporter implements Reporter {
	onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
		const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
		for (const module of modules) {
			count.failed += module.errors().length;
			for (const test of module.children.allTests()) count[test.result().state]++;
		}
		const skipped = count.skipped + count.pending;
		console.log(`${count.passed} passed, ${count.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
	}
}
