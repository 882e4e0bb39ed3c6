import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		reporters: ['default', './test/summary-reporter.ts'],
		// Ink asks the real terminal for its size unless these say it, and a test must not depend on its host.
		// No test is about time; this only ends one that hangs.
		testTimeout: 180_000,
		hookTimeout: 180_000,
		env: { COLUMNS: '120', LINES: '40', FORCE_COLOR: '0' },
	},
});
